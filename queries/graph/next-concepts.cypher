// title: Concepts that are unlocked
// description: Concepts that the user has not begun and that something completed leads to.
// param username: string choices(usernames) -- whose next concepts
// param all_prerequisites: boolean = true -- only concepts all of whose prerequisites are completed
// source: guide, recommendation engine
MATCH (u:User {username: $username})-[d:HAS_PROGRESS]->(p:Concept)-[:PREREQUISITE]->(c:Concept)
WHERE d.status = 'completed' AND NOT EXISTS { (u)-[:HAS_PROGRESS]->(c) }
WITH DISTINCT c, p.name AS name
ORDER BY name
WITH c, collect(name) AS unlocked_by
MATCH (q:Concept)-[:PREREQUISITE]->(c)
WITH c, unlocked_by, count(DISTINCT q) AS needed
WHERE needed = size(unlocked_by) OR NOT $all_prerequisites
RETURN c.name AS concept, c.display_name AS display_name, c.difficulty AS difficulty, unlocked_by
ORDER BY concept

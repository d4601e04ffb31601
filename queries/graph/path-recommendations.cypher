// title: Paths to go on with
// description: Paths with something the user completed and something still to do, most completed first.
// param username: string choices(usernames) -- whose next paths
// source: guide, query 4; the published form excludes every path that it has just matched, so it never returns a row
MATCH (u:User {username: $username})
MATCH (lp:LearningPath)-[:CONTAINS]->(c:Concept)
OPTIONAL MATCH (u)-[r:HAS_PROGRESS]->(c)
WITH lp, c.name AS name, coalesce(r.status, '') = 'completed' AS done
ORDER BY name
WITH lp, collect(CASE WHEN done THEN name END) AS completed, collect(CASE WHEN NOT done THEN name END) AS remaining
WHERE size(completed) > 0 AND size(remaining) > 0
RETURN lp.title AS path, lp.difficulty AS difficulty, size(completed) AS shared_concepts, completed, remaining
ORDER BY shared_concepts DESC, path

// title: Concepts that are ready to learn
// description: Neither completed nor mastered, and every direct prerequisite mastered; with what each opens.
// param username: string -- whose progress
// param mastered: integer -- smallest percentage that counts as mastered
OPTIONAL MATCH (:User {username: $username})-[r:HAS_PROGRESS]->(k:Concept)
WHERE r.status = 'completed' OR r.progress_percent >= $mastered
WITH collect(k) AS done, collect(CASE WHEN r.progress_percent >= $mastered THEN k END) AS mastered
MATCH (c:Concept)
WHERE NOT c IN done
OPTIONAL MATCH (p:Concept)-[:PREREQUISITE]->(c)
WITH c, mastered, p.name AS name, CASE WHEN p IS NOT NULL AND NOT p IN mastered THEN 1 ELSE 0 END AS unmet
ORDER BY name
WITH c, collect(name) AS prerequisites, sum(unmet) AS unmet
WHERE unmet = 0
OPTIONAL MATCH (c)-[:PREREQUISITE]->(o:Concept)
WITH c, prerequisites, o.name AS next
ORDER BY next
WITH c, prerequisites, collect(next) AS opens
RETURN c.name AS concept, c.display_name AS display_name, c.difficulty AS difficulty, prerequisites, opens
ORDER BY concept

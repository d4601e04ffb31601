// title: Gatekeepers
// description: The concepts that most others wait for.
// param limit: integer min(1) = 20 -- how many
MATCH (c:Concept)-[:PREREQUISITE]->(d:Concept)
WHERE d <> c
WITH c, count(DISTINCT d) AS unlocks_directly
MATCH (c)-[:PREREQUISITE*1..]->(x:Concept)
WHERE x <> c
WITH c.name AS concept, unlocks_directly, count(DISTINCT x) AS unlocks_in_all
RETURN concept, unlocks_directly, unlocks_in_all
ORDER BY unlocks_in_all DESC, unlocks_directly DESC, concept
LIMIT $limit

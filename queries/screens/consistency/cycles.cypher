// title: Prerequisites that are on a cycle
// description: The edges between concepts of a cycle.
MATCH (a:Concept)-[:PREREQUISITE]->(b:Concept)
WHERE a <> b
MATCH p = shortestPath((b)-[:PREREQUISITE*1..]->(a))
RETURN a.name AS concept, b.name AS next
ORDER BY concept, next
LIMIT 1000

// title: All prerequisites
// description: The direct prerequisites of every concept that has any; what leads where is worked out from them.
MATCH (a:Concept)-[:PREREQUISITE]->(b:Concept)
WITH DISTINCT b.name AS concept, a.name AS name
ORDER BY concept, name
WITH concept, collect(name) AS prerequisites
RETURN concept, prerequisites
ORDER BY concept

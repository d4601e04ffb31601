// title: All prerequisites
// description: Every PREREQUISITE between two concepts; what leads where is worked out from it.
MATCH (a:Concept)-[:PREREQUISITE]->(b:Concept)
RETURN DISTINCT a.name AS prerequisite, b.name AS concept
ORDER BY prerequisite, concept

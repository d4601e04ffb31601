// title: Faults in the order of paths
// description: Where a path teaches a concept before its prerequisite, or without it.
MATCH (lp:LearningPath)-[k:CONTAINS]->(c:Concept)
MATCH (p:Concept)-[:PREREQUISITE]->(c)
OPTIONAL MATCH (lp)-[j:CONTAINS]->(p)
WITH lp.title AS path, c.name AS concept, p.name AS prerequisite, k.sequence_order AS taught, j.sequence_order AS needed
WHERE needed IS NULL OR needed > taught
RETURN path, concept, prerequisite, CASE WHEN needed IS NULL THEN 'absent' ELSE 'after' END AS fault
ORDER BY path, concept, prerequisite

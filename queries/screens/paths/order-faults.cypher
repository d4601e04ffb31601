// title: Faults in the order, by path
// description: How many prerequisites each path teaches too late or not at all.
// param path: string? -- only the paths of this title
MATCH (lp:LearningPath)-[k:CONTAINS]->(c:Concept)
WHERE $path IS NULL OR lp.title = $path
MATCH (p:Concept)-[:PREREQUISITE]->(c)
OPTIONAL MATCH (lp)-[j:CONTAINS]->(p)
WITH lp, k.sequence_order AS taught, j.sequence_order AS needed
WHERE needed IS NULL OR needed > taught
RETURN lp.path_id AS path_id, count(*) AS faults
ORDER BY path_id

// title: How much pairs of paths overlap
// description: Shared concepts and Jaccard index of every two paths that share anything.
MATCH (a:LearningPath)-[:CONTAINS]->(c:Concept)<-[:CONTAINS]-(b:LearningPath)
WHERE a.title < b.title OR (a.title = b.title AND a.path_id < b.path_id)
WITH a, b, count(DISTINCT c) AS shared
MATCH (a)-[:CONTAINS]->(x:Concept)
WITH a, b, shared, count(DISTINCT x) AS of_a
MATCH (b)-[:CONTAINS]->(y:Concept)
WITH a.title AS path, b.title AS other, shared, of_a, count(DISTINCT y) AS of_b
RETURN path, other, shared, round(1000.0 * shared / (of_a + of_b - shared)) / 1000.0 AS jaccard
ORDER BY shared DESC, jaccard DESC, path, other

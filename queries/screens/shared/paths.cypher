// title: Learning paths and their size
// description: Every path with the number of its concepts, the largest first.
MATCH (lp:LearningPath)
OPTIONAL MATCH (lp)-[:CONTAINS]->(c:Concept)
WITH lp, count(DISTINCT c) AS concepts
RETURN lp.title AS path, concepts
ORDER BY concepts DESC, path, lp.path_id

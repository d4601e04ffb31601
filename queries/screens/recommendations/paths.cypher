// title: Learning paths with their concepts
// description: What each path teaches, in order, and how long it takes.
MATCH (lp:LearningPath)
OPTIONAL MATCH (lp)-[k:CONTAINS]->(c:Concept)
WITH lp, c.name AS concept, k.sequence_order AS place
ORDER BY place, concept
WITH lp, collect(concept) AS concepts
RETURN lp.path_id AS path_id, lp.title AS path, lp.difficulty AS difficulty, lp.estimated_hours AS estimated_hours, concepts
ORDER BY path, path_id

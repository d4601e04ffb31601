// title: Prerequisites along a path
// description: The direct prerequisites of each concept of a path.
// param path_id: string -- id of the path
MATCH (:LearningPath {path_id: $path_id})-[:CONTAINS]->(c:Concept)
WITH DISTINCT c
MATCH (p:Concept)-[:PREREQUISITE]->(c)
RETURN c.name AS concept, p.name AS prerequisite
ORDER BY concept, prerequisite

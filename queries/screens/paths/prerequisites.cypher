// title: Prerequisites along a path
// description: The direct prerequisites of each concept of a path. Of several paths of that title it is the first.
// param path: string -- title of the path
MATCH (lp:LearningPath {title: $path})
WITH lp
ORDER BY lp.path_id
LIMIT 1
MATCH (lp)-[:CONTAINS]->(c:Concept)
WITH DISTINCT c
MATCH (p:Concept)-[:PREREQUISITE]->(c)
RETURN c.name AS concept, p.name AS prerequisite
ORDER BY concept, prerequisite

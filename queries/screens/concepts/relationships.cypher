// title: Relationships of a concept
// description: To and from other concepts, in the direction in which they are stored.
// param concept: string -- name of the concept
MATCH (c:Concept {name: $concept})-[r]-(o:Concept)
WITH DISTINCT r, c, o
RETURN CASE WHEN startNode(r) = c THEN 'out' ELSE 'in' END AS direction, type(r) AS type, o.name AS concept
ORDER BY direction, type, concept

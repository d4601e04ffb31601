// title: Paths that teach a concept
// description: Every learning path with a concept whose name contains the text.
// param concept: string choices(concepts) -- part of the name of a concept; the empty text finds all
// source: guide, query 1
MATCH (lp:LearningPath)-[:CONTAINS]->(c:Concept)
WHERE c.name CONTAINS $concept
RETURN lp.title AS path, lp.difficulty AS difficulty, c.name AS concept
ORDER BY path, concept

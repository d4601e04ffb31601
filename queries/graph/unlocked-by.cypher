// title: All that a concept leads to
// description: Everything it is a prerequisite of, directly or not, nearest first.
// param concept: string choices(concepts) -- name of the concept
MATCH (t:Concept {name: $concept})
MATCH (next:Concept)
WHERE next <> t
MATCH p = shortestPath((t)-[:PREREQUISITE*1..]->(next))
RETURN next.name AS concept, next.display_name AS display_name, next.difficulty AS difficulty, length(p) AS distance
ORDER BY distance, concept

// title: All prerequisites of a concept
// description: Everything that must be learned before it, directly or not, nearest first.
// param concept: string choices(concepts) -- name of the concept
MATCH (t:Concept {name: $concept})
MATCH (pre:Concept)
WHERE pre <> t
MATCH p = shortestPath((pre)-[:PREREQUISITE*1..]->(t))
RETURN pre.name AS concept, pre.display_name AS display_name, pre.difficulty AS difficulty, length(p) AS distance
ORDER BY distance, concept

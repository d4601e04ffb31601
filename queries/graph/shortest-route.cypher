// title: Shortest route between two concepts
// description: The fewest steps over prerequisites from one concept to another; of several routes the first by its names.
// param from: string choices(concepts) -- where the route begins
// param to: string choices(concepts) -- where it ends
MATCH (a:Concept {name: $from})
MATCH (b:Concept {name: $to})
WHERE a <> b
MATCH p = allShortestPaths((a)-[:PREREQUISITE*1..]->(b))
WITH [n IN nodes(p) | n.name] AS names
ORDER BY names
LIMIT 1
UNWIND range(0, size(names) - 1) AS step
RETURN step, names[step] AS concept
UNION ALL
MATCH (a:Concept {name: $from})
WHERE $from = $to
RETURN 0 AS step, a.name AS concept

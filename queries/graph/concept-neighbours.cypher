// title: Neighbours of a concept
// description: Everything one relationship away: concepts, paths and learners.
// param concept: string choices(concepts) -- name of the concept
MATCH (c:Concept {name: $concept})-[r]-(n)
WITH CASE WHEN startNode(r) = c THEN 'out' ELSE 'in' END AS direction, type(r) AS type, n,
  trim(coalesce(n.first_name, '') + ' ' + coalesce(n.last_name, '')) AS person
RETURN direction, type, head(labels(n)) AS kind, coalesce(n.name, n.title, n.username) AS neighbour,
  coalesce(n.display_name, n.title, CASE WHEN person = '' THEN null ELSE person END) AS title
ORDER BY direction, type, kind, neighbour

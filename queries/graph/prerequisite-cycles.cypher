// title: Cycles of prerequisites
// description: Concepts that are, over others, a prerequisite of themselves; nobody could ever begin them.
CALL {
  MATCH (a:Concept)-[:PREREQUISITE]->(b:Concept)
  WHERE a <> b
  MATCH p = shortestPath((b)-[:PREREQUISITE*1..]->(a))
  RETURN a.name AS concept
  UNION
  MATCH (a:Concept)-[:PREREQUISITE]->(a)
  RETURN a.name AS concept
}
RETURN concept
ORDER BY concept

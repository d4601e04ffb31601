// title: Isolated concepts
// description: Concepts without any relationship to another concept.
MATCH (c:Concept)
WHERE NOT EXISTS { MATCH (c)--(o:Concept) WHERE o <> c }
RETURN c.name AS concept
ORDER BY concept

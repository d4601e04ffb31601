// title: Health of the concept graph
// description: Concepts, relationships between them, and concepts without any.
// source: guide, monitoring; the published form counts a concept once a relationship
OPTIONAL MATCH (c:Concept)
WITH count(c) AS concepts
OPTIONAL MATCH (:Concept)-[r]->(:Concept)
WITH concepts, count(r) AS relationships
OPTIONAL MATCH (i:Concept)
WHERE NOT EXISTS { (i)--(:Concept) }
RETURN concepts, relationships, count(i) AS isolated_concepts

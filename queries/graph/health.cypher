// title: Health of the concept graph
// description: Concepts, relationships between them, and concepts without any.
// source: guide, monitoring; the published form counts a concept once a relationship
OPTIONAL MATCH (c:Concept)
OPTIONAL MATCH (c)-[d]-(:Concept)
WITH c, count(d) AS degree
WITH count(c) AS concepts, coalesce(sum(CASE WHEN c IS NOT NULL AND degree = 0 THEN 1 ELSE 0 END), 0) AS isolated_concepts
OPTIONAL MATCH (:Concept)-[r]->(:Concept)
RETURN concepts, count(r) AS relationships, isolated_concepts

// title: Nodes without key
// description: Concepts, users and paths that lack the id that identifies them, or whose id is no text.
MATCH (n)
WHERE (n:Concept AND NOT coalesce(n.concept_id >= '', false)) OR (n:User AND NOT coalesce(n.user_id >= '', false)) OR (n:LearningPath AND NOT coalesce(n.path_id >= '', false))
RETURN head(labels(n)) AS label, coalesce(n.name, n.username, n.title) AS name
ORDER BY label, name
LIMIT 1000

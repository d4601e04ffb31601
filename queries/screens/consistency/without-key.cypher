// title: Nodes without key
// description: Concepts, users and paths that lack the id that identifies them.
MATCH (n)
WHERE (n:Concept AND n.concept_id IS NULL) OR (n:User AND n.user_id IS NULL) OR (n:LearningPath AND n.path_id IS NULL)
RETURN head(labels(n)) AS label, coalesce(n.name, n.username, n.title) AS name
ORDER BY label, name
LIMIT 1000

-- title: Paths with the progress of a user
-- description: How many concepts each path has, and how many of them the user completed.
-- param username: string -- whose progress
SELECT lp.name AS path, count(p.user_id) FILTER (WHERE p.status = 'completed') AS completed, count(k.concept_id) AS total
FROM learning_paths lp
LEFT JOIN learning_path_concepts k USING (path_id)
LEFT JOIN user_concept_progress p ON p.concept_id = k.concept_id AND p.user_id = (SELECT user_id FROM users WHERE username = $username)
GROUP BY lp.path_id, lp.name
ORDER BY lp.name COLLATE "C", lp.path_id COLLATE "C"

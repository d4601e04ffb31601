-- title: Learning paths
-- description: All paths; with the progress of a user, if one is named.
-- param username: string? -- whose progress
SELECT lp.path_id, lp.name AS path, lp.difficulty_level AS difficulty, lp.category, lp.estimated_duration AS estimated_hours, count(k.concept_id) AS concepts,
  CASE WHEN $username::text IS NULL THEN NULL ELSE count(p.user_id) FILTER (WHERE p.status = 'completed') END AS completed
FROM learning_paths lp
LEFT JOIN learning_path_concepts k USING (path_id)
LEFT JOIN user_concept_progress p ON p.concept_id = k.concept_id AND p.user_id = (SELECT user_id FROM users WHERE username = $username::text)
GROUP BY lp.path_id
ORDER BY lp.name COLLATE "C", lp.path_id COLLATE "C"

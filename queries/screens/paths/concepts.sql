-- title: A path in order
-- description: Its concepts; with the progress of a user, if one is named. Of several paths of that title it is the first.
-- param path: string -- title of the path
-- param username: string? -- whose progress
SELECT k.sequence_order, c.name AS concept, c.display_name, p.status, p.progress_percent
FROM learning_path_concepts k JOIN concepts c USING (concept_id)
LEFT JOIN user_concept_progress p ON p.concept_id = k.concept_id AND p.user_id = (SELECT user_id FROM users WHERE username = $username::text)
WHERE k.path_id = (SELECT path_id FROM learning_paths WHERE name = $path ORDER BY path_id COLLATE "C" LIMIT 1)
ORDER BY k.sequence_order, c.name COLLATE "C"

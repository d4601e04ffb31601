-- title: Paths that teach a concept
-- description: Their titles.
-- param concept: string -- name of the concept
SELECT lp.name AS path
FROM learning_path_concepts k JOIN learning_paths lp USING (path_id) JOIN concepts c USING (concept_id)
WHERE c.name = $concept
ORDER BY lp.name COLLATE "C", lp.path_id COLLATE "C"

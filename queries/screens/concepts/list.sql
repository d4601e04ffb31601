-- title: Concepts
-- description: All concepts with where they are taught and how learners fare.
SELECT c.name AS concept, c.display_name, c.category, c.domain, c.difficulty_level AS difficulty,
  (SELECT count(*) FROM learning_path_concepts k WHERE k.concept_id = c.concept_id) AS paths,
  coalesce(p.learners, 0) AS learners, coalesce(p.completed, 0) AS completed, p.avg_progress_percent
FROM concepts c
LEFT JOIN (
  SELECT concept_id, count(*) AS learners, count(*) FILTER (WHERE status = 'completed') AS completed, round(avg(progress_percent), 1)::float8 AS avg_progress_percent
  FROM user_concept_progress GROUP BY concept_id
) p USING (concept_id)
ORDER BY c.name COLLATE "C"

-- title: How learners fare with each concept
-- description: How many began it, how many completed it, and how long it takes them: the median of their minutes.
SELECT c.name AS concept, p.learners, p.completed, p.median_minutes
FROM concepts c
JOIN (
  SELECT concept_id, count(*) AS learners, count(*) FILTER (WHERE status = 'completed') AS completed,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY time_spent_minutes) AS median_minutes
  FROM user_concept_progress GROUP BY concept_id
) p USING (concept_id)
ORDER BY c.name COLLATE "C"

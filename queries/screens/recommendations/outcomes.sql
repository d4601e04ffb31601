-- title: How learners fare with each concept
-- description: How many began it, how many completed it, and how long it takes them: the median of their minutes.
SELECT c.name AS concept, count(*) AS learners, count(*) FILTER (WHERE p.status = 'completed') AS completed,
  percentile_cont(0.5) WITHIN GROUP (ORDER BY p.time_spent_minutes) AS median_minutes
FROM user_concept_progress p JOIN concepts c USING (concept_id)
GROUP BY c.concept_id, c.name
ORDER BY c.name COLLATE "C"

-- title: Engagement by concept
-- description: Learners, completion and time of every concept that somebody has begun.
SELECT c.name AS concept, count(*) AS learners, count(*) FILTER (WHERE p.status = 'completed') AS completed,
  round(count(*) FILTER (WHERE p.status = 'completed') / count(*)::numeric, 2)::float8 AS completion_rate,
  round(avg(p.time_spent_minutes), 1)::float8 AS avg_minutes
FROM user_concept_progress p JOIN concepts c USING (concept_id)
GROUP BY c.concept_id, c.name
ORDER BY learners DESC, c.name COLLATE "C"

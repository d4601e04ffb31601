-- title: Learners of a concept
-- description: How many there are, and how far.
-- param concept: string -- name of the concept
SELECT count(*) AS count, count(*) FILTER (WHERE p.status = 'completed') AS completed, round(avg(p.progress_percent), 1)::float8 AS avg_progress_percent
FROM user_concept_progress p JOIN concepts c USING (concept_id)
WHERE c.name = $concept

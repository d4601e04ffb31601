-- title: Learners by concept
-- description: How many users have a progress row for each concept.
SELECT c.name AS concept, count(*) AS learners
FROM user_concept_progress p JOIN concepts c USING (concept_id)
GROUP BY c.concept_id, c.name
ORDER BY c.name COLLATE "C"

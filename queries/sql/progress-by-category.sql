-- title: Progress by category
-- description: Concepts, average progress and minutes of a user in each category.
-- param username: string choices(usernames) -- whose progress
SELECT c.category, count(*) AS concepts, round(avg(p.progress_percent), 1)::float8 AS avg_progress_percent, sum(p.time_spent_minutes) AS minutes
FROM user_concept_progress p JOIN users u USING (user_id) JOIN concepts c USING (concept_id)
WHERE u.username = $username
GROUP BY c.category
ORDER BY c.category COLLATE "C"

-- title: Progress of a user
-- description: Every concept that the user has a row for.
-- param username: string -- whose progress
SELECT c.name AS concept, p.status, p.progress_percent, p.time_spent_minutes AS minutes, p.last_accessed
FROM user_concept_progress p JOIN users u USING (user_id) JOIN concepts c USING (concept_id)
WHERE u.username = $username
ORDER BY p.progress_percent DESC, c.name COLLATE "C"

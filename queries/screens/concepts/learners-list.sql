-- title: Who learns a concept
-- description: Its learners, the furthest first.
-- param concept: string -- name of the concept
SELECT u.username, p.status, p.progress_percent, p.time_spent_minutes AS minutes, p.last_accessed
FROM user_concept_progress p JOIN users u USING (user_id) JOIN concepts c USING (concept_id)
WHERE c.name = $concept
ORDER BY p.progress_percent DESC, u.username COLLATE "C"

-- title: Stalled learners
-- description: Concepts in progress that nobody has touched for a while, oldest first.
-- param days: integer min(0) max(36500) = 14 -- days without activity
SELECT u.username, c.name AS concept, p.progress_percent, p.last_accessed
FROM user_concept_progress p JOIN users u USING (user_id) JOIN concepts c USING (concept_id)
WHERE p.status = 'in_progress' AND p.last_accessed::date <= current_date - $days::int
ORDER BY p.last_accessed, u.username COLLATE "C", c.name COLLATE "C"

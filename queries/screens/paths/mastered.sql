-- title: Mastered concepts
-- description: Names of the concepts that a user has mastered.
-- param username: string -- whose progress
-- param mastered: integer -- smallest percentage that counts as mastered
SELECT c.name AS concept
FROM user_concept_progress p JOIN users u USING (user_id) JOIN concepts c USING (concept_id)
WHERE u.username = $username AND p.progress_percent >= $mastered
ORDER BY c.name COLLATE "C"

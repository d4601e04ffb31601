-- title: Quiz results
-- description: Attempts, best score and last attempt of a user at every quiz tried.
-- param username: string choices(usernames) -- whose results
SELECT q.title AS quiz, count(*) AS attempts, max(a.score_percent) AS best_percent, max(a.attempted_at) AS last_attempt
FROM quiz_attempts a JOIN users u USING (user_id) JOIN quizzes q USING (quiz_id)
WHERE u.username = $username
GROUP BY q.quiz_id, q.title
ORDER BY q.title COLLATE "C", q.quiz_id COLLATE "C"

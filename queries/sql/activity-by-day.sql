-- title: Activity by day
-- description: Minutes and sessions of every day with activity.
-- param username: string choices(usernames) -- whose activity
-- param days: integer min(1) max(36500) = 182 -- how many days back, today included
SELECT s.started_at::date AS day, sum(s.total_duration) AS minutes, count(*) AS sessions
FROM learning_sessions s JOIN users u USING (user_id)
WHERE u.username = $username AND s.started_at::date BETWEEN current_date - ($days::int - 1) AND current_date
GROUP BY 1
ORDER BY 1

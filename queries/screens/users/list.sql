-- title: Users
-- description: All users with what they have done.
SELECT u.username, u.first_name, u.last_name, u.is_active, coalesce(p.concepts, 0) AS concepts, coalesce(p.completed, 0) AS completed,
  p.avg_progress_percent, greatest(p.last_accessed, s.last_session) AS last_activity
FROM users u
LEFT JOIN (
  SELECT user_id, count(*) AS concepts, count(*) FILTER (WHERE status = 'completed') AS completed, round(avg(progress_percent), 1)::float8 AS avg_progress_percent, max(last_accessed) AS last_accessed
  FROM user_concept_progress GROUP BY user_id
) p USING (user_id)
LEFT JOIN (SELECT user_id, max(started_at) AS last_session FROM learning_sessions GROUP BY user_id) s USING (user_id)
ORDER BY u.username COLLATE "C"

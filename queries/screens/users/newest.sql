-- title: The most recently active user
-- description: Who the explorer shows when nobody is named.
SELECT u.username
FROM users u
LEFT JOIN (SELECT user_id, max(last_accessed) AS last_accessed FROM user_concept_progress GROUP BY user_id) p USING (user_id)
LEFT JOIN (SELECT user_id, max(started_at) AS last_session FROM learning_sessions GROUP BY user_id) s USING (user_id)
ORDER BY greatest(p.last_accessed, s.last_session) DESC NULLS LAST, u.username COLLATE "C"
LIMIT 1

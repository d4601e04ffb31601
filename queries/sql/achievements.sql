-- title: Achievements
-- description: What a user has earned, newest first.
-- param username: string choices(usernames) -- whose achievements
SELECT a.name AS achievement, a.earned_at
FROM user_achievements a JOIN users u USING (user_id)
WHERE u.username = $username
ORDER BY a.earned_at DESC, a.name COLLATE "C", a.achievement_id COLLATE "C"

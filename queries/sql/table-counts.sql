-- title: Rows by table
-- description: How many rows each of the nine tables holds.
SELECT 'concepts' AS "table", count(*) AS rows FROM concepts
UNION ALL
SELECT 'learning_path_concepts' AS "table", count(*) AS rows FROM learning_path_concepts
UNION ALL
SELECT 'learning_paths' AS "table", count(*) AS rows FROM learning_paths
UNION ALL
SELECT 'learning_sessions' AS "table", count(*) AS rows FROM learning_sessions
UNION ALL
SELECT 'quiz_attempts' AS "table", count(*) AS rows FROM quiz_attempts
UNION ALL
SELECT 'quizzes' AS "table", count(*) AS rows FROM quizzes
UNION ALL
SELECT 'user_achievements' AS "table", count(*) AS rows FROM user_achievements
UNION ALL
SELECT 'user_concept_progress' AS "table", count(*) AS rows FROM user_concept_progress
UNION ALL
SELECT 'users' AS "table", count(*) AS rows FROM users
ORDER BY 1

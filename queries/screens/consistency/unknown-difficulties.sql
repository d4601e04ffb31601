-- title: Other words for difficulty
-- description: Concepts and paths whose difficulty is none of the three words.
SELECT name, difficulty_level
FROM (SELECT name, difficulty_level FROM concepts UNION ALL SELECT name, difficulty_level FROM learning_paths) AS rated
WHERE lower(difficulty_level) NOT IN ('beginner', 'intermediate', 'advanced')
ORDER BY name COLLATE "C"
LIMIT 1000

-- title: Titles of learning paths
-- description: Fills the forms.
SELECT name AS title FROM (SELECT DISTINCT name COLLATE "C" AS name FROM learning_paths) AS t ORDER BY title

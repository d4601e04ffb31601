-- title: Difficulties
-- description: Fills the forms.
SELECT word FROM (VALUES (1, 'Beginner'), (2, 'Intermediate'), (3, 'Advanced')) AS difficulty (place, word) ORDER BY place

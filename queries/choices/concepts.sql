-- title: Names of concepts
-- description: Fills the forms.
SELECT name FROM concepts ORDER BY name COLLATE "C"

-- title: Usernames
-- description: Fills the forms.
SELECT username FROM users ORDER BY username COLLATE "C"

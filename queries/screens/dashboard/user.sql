-- title: A user
-- description: The profile that may be shown; the e-mail and the password hash never leave PostgreSQL.
-- param username: string -- whose profile
SELECT username, first_name, last_name, is_active
FROM users
WHERE username = $username

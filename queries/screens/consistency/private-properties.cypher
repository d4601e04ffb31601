// title: Private data in the graph
// description: Users whose node carries an e-mail or a password hash.
MATCH (u:User)
WHERE u.email IS NOT NULL OR u.password_hash IS NOT NULL
RETURN u.username AS username
ORDER BY username
LIMIT 1000

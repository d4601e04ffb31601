// title: Concepts with the progress of a user
// description: What each is, and where the user stands with it.
// param username: string choices(usernames) -- whose progress
MATCH (c:Concept)
OPTIONAL MATCH (:User {username: $username})-[r:HAS_PROGRESS]->(c)
RETURN c.name AS concept, c.display_name AS display_name, c.difficulty AS difficulty, r.status AS status, r.progress_percent AS progress_percent
ORDER BY concept

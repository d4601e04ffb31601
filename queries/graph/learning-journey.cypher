// title: Learning journey of a user
// description: Everything a user has progress in, with the paths that teach it.
// param username: string choices(usernames) -- whose journey
// source: guide, query 3
MATCH (u:User {username: $username})-[r:HAS_PROGRESS]->(c:Concept)
OPTIONAL MATCH (c)<-[:CONTAINS]-(lp:LearningPath)
WITH u, r, c, lp.title AS title
ORDER BY title
WITH u.username AS username, c.name AS concept, r.status AS status, r.progress_percent AS progress_percent, collect(title) AS available_paths
RETURN username, concept, status, progress_percent, available_paths
ORDER BY progress_percent DESC, concept

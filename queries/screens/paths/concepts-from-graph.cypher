// title: A path in order, as the graph knows it
// description: For when PostgreSQL can't be asked; with the progress of a user, if one is named.
// param path: string -- title of the path
// param username: string? -- whose progress
MATCH (lp:LearningPath {title: $path})
WITH lp
ORDER BY lp.path_id
LIMIT 1
MATCH (lp)-[k:CONTAINS]->(c:Concept)
OPTIONAL MATCH (:User {username: $username})-[r:HAS_PROGRESS]->(c)
RETURN k.sequence_order AS sequence_order, c.name AS concept, c.display_name AS display_name, r.status AS status, r.progress_percent AS progress_percent
ORDER BY sequence_order, concept

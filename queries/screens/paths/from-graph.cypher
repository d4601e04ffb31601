// title: Learning paths, as the graph knows them
// description: For when PostgreSQL can't be asked; with the progress of a user, if one is named.
// param username: string? -- whose progress
MATCH (lp:LearningPath)
OPTIONAL MATCH (lp)-[:CONTAINS]->(c:Concept)
OPTIONAL MATCH (:User {username: $username})-[r:HAS_PROGRESS]->(c)
WITH lp, count(DISTINCT c) AS concepts, sum(CASE WHEN r.status = 'completed' THEN 1 ELSE 0 END) AS done
RETURN lp.path_id AS path_id, lp.title AS path, lp.difficulty AS difficulty, lp.category AS category, lp.estimated_hours AS estimated_hours, concepts,
  CASE WHEN $username IS NULL THEN NULL ELSE coalesce(done, 0) END AS completed
ORDER BY path, path_id

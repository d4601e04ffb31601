// title: Paths that fit a user
// description: For a user who completes enough of what they begin: the unfinished paths of a difficulty, nearest to completion first.
// param username: string choices(usernames) -- whose paths
// param min_completion_rate: number min(0) max(1) = 0.7 -- smallest share of completed concepts
// param difficulty: string? choices(difficulties) -- of the path; any if left out
// source: guide, path optimisation; in the published form the threshold does not depend on the path, and rate and difficulty are fixed
MATCH (u:User {username: $username})-[r:HAS_PROGRESS]->(:Concept)
WITH u, count(r) AS begun, sum(CASE WHEN r.status = 'completed' THEN 1 ELSE 0 END) AS finished
WITH u, round(100.0 * finished / begun) / 100.0 AS completion_rate
WHERE completion_rate >= $min_completion_rate
MATCH (lp:LearningPath)-[:CONTAINS]->(c:Concept)
WHERE $difficulty IS NULL OR lp.difficulty = $difficulty
OPTIONAL MATCH (u)-[p:HAS_PROGRESS]->(c)
WITH completion_rate, lp, count(c) AS concepts, sum(CASE WHEN coalesce(p.status, '') = 'completed' THEN 1 ELSE 0 END) AS completed
WHERE completed < concepts
WITH lp.title AS path, lp.difficulty AS difficulty, lp.estimated_hours AS estimated_hours, completion_rate, round(100.0 * completed / concepts) / 100.0 AS path_completion
RETURN path, difficulty, estimated_hours, completion_rate, path_completion
ORDER BY path_completion DESC, coalesce(estimated_hours, 1000000000000), path

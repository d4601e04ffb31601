// title: Concepts shared between learning paths
// description: Concepts that bridge several learning paths, most shared first.
// param min_paths: integer min(1) = 2 -- smallest number of paths
// source: guide, query 2
MATCH (c:Concept)<-[:CONTAINS]-(lp:LearningPath)
WITH DISTINCT c, lp
WITH c, lp.title AS title
ORDER BY title
WITH c, collect(title) AS paths, count(title) AS path_count
WHERE path_count >= $min_paths
RETURN c.name AS concept, paths, path_count
ORDER BY path_count DESC, concept

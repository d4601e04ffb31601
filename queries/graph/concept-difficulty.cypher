// title: How learners fare with each concept
// description: Average progress and number of learners of every concept that somebody has begun.
// source: guide, concept difficulty analysis; the published form matches one relationship twice in a pattern, so it never returns a row
MATCH (u:User)-[r:HAS_PROGRESS]->(c:Concept)
WITH c.name AS concept, sum(r.progress_percent) AS percent, count(r) AS progress_rows, count(DISTINCT u) AS users
WITH concept, round(10.0 * percent / progress_rows) / 10.0 AS avg_progress_percent, users
RETURN concept, avg_progress_percent, users
ORDER BY avg_progress_percent DESC, concept

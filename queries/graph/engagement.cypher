// title: Engagement
// description: How many users have progress, and how far they are on average.
// source: guide, monitoring
OPTIONAL MATCH (u:User)-[r:HAS_PROGRESS]->(:Concept)
WITH count(DISTINCT u) AS active_users, coalesce(sum(r.progress_percent), 0) AS percent, count(r) AS progress_rows
RETURN active_users, CASE WHEN progress_rows = 0 THEN null ELSE round(10.0 * percent / progress_rows) / 10.0 END AS avg_progress

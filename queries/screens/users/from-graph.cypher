// title: Users, as the graph knows them
// description: For when PostgreSQL can't be asked.
MATCH (u:User)
OPTIONAL MATCH (u)-[r:HAS_PROGRESS]->(:Concept)
WITH u, count(r) AS concepts, sum(CASE WHEN r.status = 'completed' THEN 1 ELSE 0 END) AS done
RETURN u.username AS username, u.first_name AS first_name, u.last_name AS last_name, concepts, coalesce(done, 0) AS completed
ORDER BY username

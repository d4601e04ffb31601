// title: Learners with the same completed concepts
// description: How much of what either completed both did (Jaccard index), most similar first.
// param username: string choices(usernames) -- whose neighbours
// param limit: integer min(1) = 10 -- how many
MATCH (u:User {username: $username})-[r:HAS_PROGRESS]->(c:Concept)
WHERE r.status = 'completed'
WITH u, count(DISTINCT c) AS mine
MATCH (u)-[a:HAS_PROGRESS]->(c:Concept)<-[b:HAS_PROGRESS]-(o:User)
WHERE a.status = 'completed' AND b.status = 'completed' AND o <> u
WITH mine, o, count(DISTINCT c) AS shared
MATCH (o)-[t:HAS_PROGRESS]->(d:Concept)
WHERE t.status = 'completed'
WITH o.username AS username, shared, mine, count(DISTINCT d) AS theirs
WITH username, shared, round(1000.0 * shared / (mine + theirs - shared)) / 1000.0 AS similarity
WHERE similarity > 0
RETURN username, shared, similarity
ORDER BY similarity DESC, username
LIMIT $limit

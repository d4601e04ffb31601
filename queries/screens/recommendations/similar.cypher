// title: The most similar learner who completed each concept
// description: Of everybody who shares a completed concept with the user: who is most alike, by the Jaccard index of what both completed.
// param username: string choices(usernames) -- whose neighbours
MATCH (u:User {username: $username})-[r:HAS_PROGRESS]->(c:Concept)
WHERE r.status = 'completed'
WITH u, count(DISTINCT c) AS mine
MATCH (u)-[a:HAS_PROGRESS]->(c:Concept)<-[b:HAS_PROGRESS]-(o:User)
WHERE a.status = 'completed' AND b.status = 'completed' AND o <> u
WITH mine, o, count(DISTINCT c) AS shared
MATCH (o)-[t:HAS_PROGRESS]->(d:Concept)
WHERE t.status = 'completed'
WITH mine, o, shared, count(DISTINCT d) AS theirs
WITH o, shared, mine + theirs - shared AS together
MATCH (o)-[t:HAS_PROGRESS]->(d:Concept)
WHERE t.status = 'completed'
WITH d.name AS concept, o.username AS learner, shared, together
ORDER BY concept, 1.0 * shared / together DESC, learner
WITH concept, collect(learner) AS learners, collect(shared) AS shares, collect(together) AS unions
RETURN concept, head(learners) AS learner, head(shares) AS shared, head(unions) AS together
ORDER BY concept

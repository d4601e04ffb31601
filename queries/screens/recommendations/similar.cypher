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
WITH mine, o, shared, collect(DISTINCT d) AS done
WITH [1.0 * shared / (mine + size(done) - shared), o.username, shared, mine + size(done) - shared] AS learner, done
UNWIND done AS d
WITH d, max(learner[0]) AS most, collect(learner) AS learners
UNWIND [l IN learners WHERE l[0] = most] AS learner
WITH d, learner
ORDER BY learner[1]
WITH d, head(collect(learner)) AS best
RETURN d.name AS concept, best[1] AS learner, best[2] AS shared, best[3] AS together
ORDER BY concept

// title: Relationships with wrong ends
// description: Relationships of the projected types whose ends are of other kinds, or lack the text that identifies them.
MATCH (a)-[r:CONTAINS|HAS_PROGRESS]->(b)
WHERE (type(r) = 'CONTAINS' AND (NOT a:LearningPath OR NOT b:Concept OR NOT coalesce(a.path_id >= '', false) OR NOT coalesce(b.concept_id >= '', false)))
  OR (type(r) = 'HAS_PROGRESS' AND (NOT a:User OR NOT b:Concept OR NOT coalesce(a.user_id >= '', false) OR NOT coalesce(b.concept_id >= '', false)))
RETURN coalesce(a.title, a.username, a.name, '?') AS source, type(r) AS type, coalesce(b.name, b.title, b.username, '?') AS target
ORDER BY source, type, target
LIMIT 1000

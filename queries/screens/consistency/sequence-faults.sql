-- title: Faults in sequence_order
-- description: Paths whose order has gaps or repeats.
SELECT p.name AS path, count(*) <> count(DISTINCT k.sequence_order) AS repeats,
  min(k.sequence_order) <> 1 OR max(k.sequence_order) <> count(DISTINCT k.sequence_order) AS gaps
FROM learning_path_concepts k JOIN learning_paths p USING (path_id)
GROUP BY p.path_id, p.name
HAVING count(*) <> count(DISTINCT k.sequence_order) OR min(k.sequence_order) <> 1 OR max(k.sequence_order) <> count(DISTINCT k.sequence_order)
ORDER BY p.name COLLATE "C", p.path_id COLLATE "C"
LIMIT 1000

// title: Nodes by label
// description: How many nodes carry each label; the lane of the sync protocol is left out.
MATCH (n)
WHERE NOT n:__SyncLane
UNWIND labels(n) AS label
WITH label, count(*) AS nodes
RETURN label, nodes
ORDER BY label

// title: Relationships by type
// description: How many relationships of each type the graph holds.
// source: guide, troubleshooting
MATCH ()-[r]->()
WITH type(r) AS type, count(*) AS count
RETURN type, count
ORDER BY count DESC, type

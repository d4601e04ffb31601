// title: Names of concepts, as the graph knows them
// description: For when PostgreSQL can't be asked.
MATCH (c:Concept)
RETURN c.name AS name
ORDER BY name

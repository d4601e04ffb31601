// title: A concept, as the graph knows it
// description: For when PostgreSQL can't be asked.
// param concept: string -- name of the concept
MATCH (c:Concept {name: $concept})
RETURN c.concept_id AS concept_id, c.name AS name, c.display_name AS display_name, c.category AS category, c.domain AS domain, c.difficulty AS difficulty_level

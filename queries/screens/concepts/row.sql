-- title: A concept
-- description: Its whole row.
-- param concept: string -- name of the concept
SELECT concept_id, name, display_name, description, category, subcategory, domain, difficulty_level, complexity_score, key_terms, learning_objectives, real_world_examples, created_at, updated_at
FROM concepts
WHERE name = $concept

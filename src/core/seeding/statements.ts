import type { SeedFile } from "./schemas.ts";

/*
 * One statement a file: `$1` is a JSON list of rows. Each adds what is missing, updates what differs, leaves alone what
 * is the same (so that seeding twice writes nothing), and gives one row a change: whether it was added. A row that
 * exists under its natural name keeps its id. `days_ago` is 12:00 of that day, in the session's time zone.
 */

const noon = "((current_date - r.days_ago) + time '12:00')::timestamptz";

export const upsertRows: Readonly<Record<Exclude<SeedFile, "relationships.json">, string>> = {
  "concepts.json": `
    INSERT INTO concepts AS t (concept_id, name, display_name, description, category, subcategory, domain, difficulty_level, complexity_score, key_terms, learning_objectives, real_world_examples)
    SELECT r.id, r.name, r.display_name, r.description, r.category, r.subcategory, r.domain, r.difficulty, r.complexity_score, coalesce(r.key_terms, '[]'), coalesce(r.learning_objectives, '[]'), coalesce(r.real_world_examples, '[]')
    FROM jsonb_to_recordset($1::jsonb) AS r (id text, name text, display_name text, description text, category text, subcategory text, domain text, difficulty text, complexity_score float8, key_terms jsonb, learning_objectives jsonb, real_world_examples jsonb)
    ON CONFLICT (name) DO UPDATE SET display_name = EXCLUDED.display_name, description = EXCLUDED.description, category = EXCLUDED.category, subcategory = EXCLUDED.subcategory, domain = EXCLUDED.domain, difficulty_level = EXCLUDED.difficulty_level,
      complexity_score = EXCLUDED.complexity_score, key_terms = EXCLUDED.key_terms, learning_objectives = EXCLUDED.learning_objectives, real_world_examples = EXCLUDED.real_world_examples, updated_at = now()
    WHERE (t.display_name, t.description, t.category, t.subcategory, t.domain, t.difficulty_level, t.complexity_score, t.key_terms, t.learning_objectives, t.real_world_examples)
      IS DISTINCT FROM (EXCLUDED.display_name, EXCLUDED.description, EXCLUDED.category, EXCLUDED.subcategory, EXCLUDED.domain, EXCLUDED.difficulty_level, EXCLUDED.complexity_score, EXCLUDED.key_terms, EXCLUDED.learning_objectives, EXCLUDED.real_world_examples)
    RETURNING xmax::text = '0'`,
  // A title need not be unique in a database that we did not make: the first row of it is the one that is meant.
  "learning-paths.json": `
    WITH r AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS r (id text, title text, description text, difficulty text, category text, estimated_hours integer)),
    known AS (SELECT name, min(path_id COLLATE "C") AS path_id FROM learning_paths WHERE name IN (SELECT title FROM r) GROUP BY name),
    updated AS (
      UPDATE learning_paths AS t SET description = r.description, category = r.category, difficulty_level = r.difficulty, estimated_duration = r.estimated_hours, updated_at = now()
      FROM r JOIN known ON known.name = r.title WHERE t.path_id = known.path_id
        AND (t.description, t.category, t.difficulty_level, t.estimated_duration) IS DISTINCT FROM (r.description, r.category, r.difficulty, r.estimated_hours)
      RETURNING 1),
    added AS (
      INSERT INTO learning_paths (path_id, name, description, category, difficulty_level, estimated_duration)
      SELECT r.id, r.title, r.description, r.category, r.difficulty, r.estimated_hours FROM r WHERE r.title NOT IN (SELECT name FROM known)
      RETURNING 1)
    SELECT false FROM updated UNION ALL SELECT true FROM added`,
  "users.json": `
    INSERT INTO users AS t (user_id, username, email, first_name, last_name, is_active)
    SELECT r.id, r.username, r.email, r.first_name, r.last_name, coalesce(r.is_active, true)
    FROM jsonb_to_recordset($1::jsonb) AS r (id text, username text, email text, first_name text, last_name text, is_active boolean)
    ON CONFLICT (username) DO UPDATE SET email = EXCLUDED.email, first_name = EXCLUDED.first_name, last_name = EXCLUDED.last_name, is_active = EXCLUDED.is_active, updated_at = now()
    WHERE (t.email, t.first_name, t.last_name, t.is_active) IS DISTINCT FROM (EXCLUDED.email, EXCLUDED.first_name, EXCLUDED.last_name, EXCLUDED.is_active)
    RETURNING xmax::text = '0'`,
  "progress.json": `
    INSERT INTO user_concept_progress AS t (user_id, concept_id, status, progress_percent, time_spent_minutes, last_accessed)
    SELECT u.user_id, c.concept_id, r.status, r.progress_percent, coalesce(r.time_spent_minutes, 0), ${noon}
    FROM jsonb_to_recordset($1::jsonb) AS r (username text, concept text, status text, progress_percent integer, time_spent_minutes integer, days_ago integer)
    JOIN users u ON u.username = r.username JOIN concepts c ON c.name = r.concept
    ON CONFLICT (user_id, concept_id) DO UPDATE SET status = EXCLUDED.status, progress_percent = EXCLUDED.progress_percent, time_spent_minutes = EXCLUDED.time_spent_minutes, last_accessed = EXCLUDED.last_accessed
    WHERE (t.status, t.progress_percent, t.time_spent_minutes, t.last_accessed) IS DISTINCT FROM (EXCLUDED.status, EXCLUDED.progress_percent, EXCLUDED.time_spent_minutes, EXCLUDED.last_accessed)
    RETURNING xmax::text = '0'`,
  "sessions.json": `
    INSERT INTO learning_sessions AS t (session_id, user_id, concept_id, started_at, total_duration)
    SELECT r.id, u.user_id, c.concept_id, ${noon}, r.minutes
    FROM jsonb_to_recordset($1::jsonb) AS r (id text, username text, concept text, days_ago integer, minutes integer)
    JOIN users u ON u.username = r.username JOIN concepts c ON c.name = r.concept
    ON CONFLICT (session_id) DO UPDATE SET user_id = EXCLUDED.user_id, concept_id = EXCLUDED.concept_id, started_at = EXCLUDED.started_at, total_duration = EXCLUDED.total_duration
    WHERE (t.user_id, t.concept_id, t.started_at, t.total_duration) IS DISTINCT FROM (EXCLUDED.user_id, EXCLUDED.concept_id, EXCLUDED.started_at, EXCLUDED.total_duration)
    RETURNING xmax::text = '0'`,
  "quizzes.json": `
    WITH r AS (SELECT r.*, c.concept_id FROM jsonb_to_recordset($1::jsonb) AS r (id text, title text, concept text) JOIN concepts c ON c.name = r.concept),
    known AS (SELECT title, min(quiz_id COLLATE "C") AS quiz_id FROM quizzes WHERE title IN (SELECT title FROM r) GROUP BY title),
    updated AS (
      UPDATE quizzes AS t SET concept_id = r.concept_id FROM r JOIN known ON known.title = r.title
      WHERE t.quiz_id = known.quiz_id AND t.concept_id IS DISTINCT FROM r.concept_id RETURNING 1),
    added AS (
      INSERT INTO quizzes (quiz_id, concept_id, title) SELECT r.id, r.concept_id, r.title FROM r WHERE r.title NOT IN (SELECT title FROM known) RETURNING 1)
    SELECT false FROM updated UNION ALL SELECT true FROM added`,
  "quiz-attempts.json": `
    INSERT INTO quiz_attempts AS t (attempt_id, quiz_id, user_id, score_percent, attempted_at)
    SELECT r.id, q.quiz_id, u.user_id, r.score_percent, ${noon}
    FROM jsonb_to_recordset($1::jsonb) AS r (id text, username text, quiz text, score_percent integer, days_ago integer)
    JOIN users u ON u.username = r.username
    JOIN (SELECT title, min(quiz_id COLLATE "C") AS quiz_id FROM quizzes GROUP BY title) q ON q.title = r.quiz
    ON CONFLICT (attempt_id) DO UPDATE SET quiz_id = EXCLUDED.quiz_id, user_id = EXCLUDED.user_id, score_percent = EXCLUDED.score_percent, attempted_at = EXCLUDED.attempted_at
    WHERE (t.quiz_id, t.user_id, t.score_percent, t.attempted_at) IS DISTINCT FROM (EXCLUDED.quiz_id, EXCLUDED.user_id, EXCLUDED.score_percent, EXCLUDED.attempted_at)
    RETURNING xmax::text = '0'`,
  "achievements.json": `
    INSERT INTO user_achievements AS t (achievement_id, user_id, name, earned_at)
    SELECT r.id, u.user_id, r.achievement, ${noon}
    FROM jsonb_to_recordset($1::jsonb) AS r (id text, username text, achievement text, days_ago integer)
    JOIN users u ON u.username = r.username
    ON CONFLICT (achievement_id) DO UPDATE SET user_id = EXCLUDED.user_id, name = EXCLUDED.name, earned_at = EXCLUDED.earned_at
    WHERE (t.user_id, t.name, t.earned_at) IS DISTINCT FROM (EXCLUDED.user_id, EXCLUDED.name, EXCLUDED.earned_at)
    RETURNING xmax::text = '0'`,
};

/** The concepts of paths, in order: `$1` holds title, concept, sequence_order. */
export const upsertPathConcepts = `
  INSERT INTO learning_path_concepts AS t (path_id, concept_id, sequence_order)
  SELECT p.path_id, c.concept_id, r.sequence_order
  FROM jsonb_to_recordset($1::jsonb) AS r (title text, concept text, sequence_order integer)
  JOIN (SELECT name, min(path_id COLLATE "C") AS path_id FROM learning_paths GROUP BY name) p ON p.name = r.title JOIN concepts c ON c.name = r.concept
  ON CONFLICT (path_id, concept_id) DO UPDATE SET sequence_order = EXCLUDED.sequence_order
  WHERE t.sequence_order IS DISTINCT FROM EXCLUDED.sequence_order
  RETURNING xmax::text = '0'`;

export const conceptIds = "SELECT name, concept_id FROM concepts";

/** Relationships between concepts are the graph's own; RELATED_TO is stored once, whichever way round. */
export function mergeRelationships(type: string): string {
  const once = type === "RELATED_TO" ? " WHERE NOT EXISTS { (b)-[:RELATED_TO]->(a) }" : "";
  return `UNWIND $rows AS row MATCH (a:Concept {concept_id: row.k1}) MATCH (b:Concept {concept_id: row.k2})${once === "" ? "" : ` WITH a, b${once}`} MERGE (a)-[r:${type}]->(b) RETURN count(r) AS n`;
}

/** By name, as the seed files know them. */
export const readPrerequisites = "MATCH (a:Concept)-[:PREREQUISITE]->(b:Concept) WHERE a.name IS NOT NULL AND b.name IS NOT NULL RETURN a.name AS prerequisite, b.name AS concept ORDER BY prerequisite, concept";

export const countRelationships = "MATCH (:Concept)-[r]->(:Concept) RETURN count(r) AS n";

/** Nine true or false: whether each table holds anything. */
export const anyRows = `SELECT ${["users", "concepts", "learning_paths", "learning_path_concepts", "user_concept_progress", "learning_sessions", "quizzes", "quiz_attempts", "user_achievements"].map((table) => `EXISTS (SELECT FROM ${table})`).join(" OR ")}`;

/** Ids and natural names of the named entities, to tell our rows from others'. */
export const namedRows = "SELECT 'concept', concept_id, name FROM concepts UNION ALL SELECT 'user', user_id, username FROM users UNION ALL SELECT 'learning_path', path_id, name FROM learning_paths";

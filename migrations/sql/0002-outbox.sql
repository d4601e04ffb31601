-- The outbox: triggers mark which keys changed, in the transaction that changes them. A mark carries no payload; who
-- applies it reads the row as it is then. Node keys stand in k1, the two ends of a relationship in k1 and k2.
CREATE TABLE jeseci.sync_mark (
  id      bigint           GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lane    text             NOT NULL DEFAULT 'main',
  entity  text             NOT NULL,
  k1      text COLLATE "C" NOT NULL,               -- '*' for TRUNCATE: the whole entity
  k2      text COLLATE "C" NOT NULL DEFAULT '',
  cascade boolean          NOT NULL DEFAULT false, -- a person asked for it with --cascade
  xid     xid8             NOT NULL DEFAULT pg_current_xact_id(),
  at      timestamptz      NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE jeseci.sync_lane (
  lane         text        PRIMARY KEY,
  pair         text,                               -- also on the lane node: these two databases belong together; made at the first take-over
  epoch        bigint      NOT NULL DEFAULT 0,
  fenced_epoch bigint      NOT NULL DEFAULT 0,     -- the last epoch that was written to the graph
  owner        text,
  heartbeat    timestamptz,
  bookmarks    text[]      NOT NULL DEFAULT '{}'
);
INSERT INTO jeseci.sync_lane (lane) VALUES ('main');
CREATE TABLE jeseci.sync_pass (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lane        text        NOT NULL DEFAULT 'main',
  owner       text        NOT NULL,
  epoch       bigint      NOT NULL,
  kind        text        NOT NULL,                -- pass, reconcile
  started_at  timestamptz NOT NULL,
  finished_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  marks       integer     NOT NULL,
  upserted    bigint      NOT NULL,
  deleted     bigint      NOT NULL,
  parked      integer     NOT NULL,
  drained     boolean     NOT NULL,                -- it left no mark
  refused     jsonb       NOT NULL DEFAULT '[]'
);
CREATE TABLE jeseci.sync_dead (
  lane     text             NOT NULL DEFAULT 'main',
  entity   text             NOT NULL,
  k1       text COLLATE "C" NOT NULL,
  k2       text COLLATE "C" NOT NULL DEFAULT '',
  attempts integer          NOT NULL DEFAULT 1,
  code     text             NOT NULL,
  message  text             NOT NULL,
  first_at timestamptz      NOT NULL DEFAULT clock_timestamp(),
  last_at  timestamptz      NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (lane, entity, k1, k2)
);
CREATE TABLE jeseci.repair_run (
  id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  owner       text        NOT NULL,
  started_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  finished_at timestamptz,
  planned     jsonb       NOT NULL DEFAULT '[]',   -- key, action, before, after
  refused     jsonb       NOT NULL DEFAULT '[]',
  applied     integer
);

-- SECURITY DEFINER and a fixed search_path: the application's own role has no right on this schema, and needs none.
-- Transition tables: one statement marks all its rows at once. Cascades of foreign keys fire them too.

CREATE FUNCTION jeseci.mark_concept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN INSERT INTO jeseci.sync_mark (entity, k1) SELECT 'concept', concept_id::text FROM new_rows;
  ELSIF TG_OP = 'DELETE' THEN INSERT INTO jeseci.sync_mark (entity, k1) SELECT 'concept', concept_id::text FROM old_rows;
  ELSIF TG_OP = 'UPDATE' THEN INSERT INTO jeseci.sync_mark (entity, k1) SELECT 'concept', concept_id::text FROM new_rows UNION SELECT 'concept', concept_id::text FROM old_rows; -- a changed key marks both
  ELSE INSERT INTO jeseci.sync_mark (entity, k1) VALUES ('concept', '*');
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER sync_mark_insert AFTER INSERT ON concepts REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION jeseci.mark_concept();
CREATE TRIGGER sync_mark_update AFTER UPDATE ON concepts REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION jeseci.mark_concept();
CREATE TRIGGER sync_mark_delete AFTER DELETE ON concepts REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION jeseci.mark_concept();
CREATE TRIGGER sync_mark_truncate AFTER TRUNCATE ON concepts FOR EACH STATEMENT EXECUTE FUNCTION jeseci.mark_concept();

CREATE FUNCTION jeseci.mark_user() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN INSERT INTO jeseci.sync_mark (entity, k1) SELECT 'user', user_id::text FROM new_rows;
  ELSIF TG_OP = 'DELETE' THEN INSERT INTO jeseci.sync_mark (entity, k1) SELECT 'user', user_id::text FROM old_rows;
  ELSIF TG_OP = 'UPDATE' THEN INSERT INTO jeseci.sync_mark (entity, k1) SELECT 'user', user_id::text FROM new_rows UNION SELECT 'user', user_id::text FROM old_rows; -- a changed key marks both
  ELSE INSERT INTO jeseci.sync_mark (entity, k1) VALUES ('user', '*');
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER sync_mark_insert AFTER INSERT ON users REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION jeseci.mark_user();
CREATE TRIGGER sync_mark_update AFTER UPDATE ON users REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION jeseci.mark_user();
CREATE TRIGGER sync_mark_delete AFTER DELETE ON users REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION jeseci.mark_user();
CREATE TRIGGER sync_mark_truncate AFTER TRUNCATE ON users FOR EACH STATEMENT EXECUTE FUNCTION jeseci.mark_user();

CREATE FUNCTION jeseci.mark_learning_path() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN INSERT INTO jeseci.sync_mark (entity, k1) SELECT 'learning_path', path_id::text FROM new_rows;
  ELSIF TG_OP = 'DELETE' THEN INSERT INTO jeseci.sync_mark (entity, k1) SELECT 'learning_path', path_id::text FROM old_rows;
  ELSIF TG_OP = 'UPDATE' THEN INSERT INTO jeseci.sync_mark (entity, k1) SELECT 'learning_path', path_id::text FROM new_rows UNION SELECT 'learning_path', path_id::text FROM old_rows; -- a changed key marks both
  ELSE INSERT INTO jeseci.sync_mark (entity, k1) VALUES ('learning_path', '*');
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER sync_mark_insert AFTER INSERT ON learning_paths REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION jeseci.mark_learning_path();
CREATE TRIGGER sync_mark_update AFTER UPDATE ON learning_paths REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION jeseci.mark_learning_path();
CREATE TRIGGER sync_mark_delete AFTER DELETE ON learning_paths REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION jeseci.mark_learning_path();
CREATE TRIGGER sync_mark_truncate AFTER TRUNCATE ON learning_paths FOR EACH STATEMENT EXECUTE FUNCTION jeseci.mark_learning_path();

CREATE FUNCTION jeseci.mark_path_concept() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN INSERT INTO jeseci.sync_mark (entity, k1, k2) SELECT 'path_concept', path_id::text, concept_id::text FROM new_rows;
  ELSIF TG_OP = 'DELETE' THEN INSERT INTO jeseci.sync_mark (entity, k1, k2) SELECT 'path_concept', path_id::text, concept_id::text FROM old_rows;
  ELSIF TG_OP = 'UPDATE' THEN INSERT INTO jeseci.sync_mark (entity, k1, k2) SELECT 'path_concept', path_id::text, concept_id::text FROM new_rows UNION SELECT 'path_concept', path_id::text, concept_id::text FROM old_rows; -- a changed key marks both
  ELSE INSERT INTO jeseci.sync_mark (entity, k1) VALUES ('path_concept', '*');
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER sync_mark_insert AFTER INSERT ON learning_path_concepts REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION jeseci.mark_path_concept();
CREATE TRIGGER sync_mark_update AFTER UPDATE ON learning_path_concepts REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION jeseci.mark_path_concept();
CREATE TRIGGER sync_mark_delete AFTER DELETE ON learning_path_concepts REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION jeseci.mark_path_concept();
CREATE TRIGGER sync_mark_truncate AFTER TRUNCATE ON learning_path_concepts FOR EACH STATEMENT EXECUTE FUNCTION jeseci.mark_path_concept();

CREATE FUNCTION jeseci.mark_progress() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN INSERT INTO jeseci.sync_mark (entity, k1, k2) SELECT 'progress', user_id::text, concept_id::text FROM new_rows;
  ELSIF TG_OP = 'DELETE' THEN INSERT INTO jeseci.sync_mark (entity, k1, k2) SELECT 'progress', user_id::text, concept_id::text FROM old_rows;
  ELSIF TG_OP = 'UPDATE' THEN INSERT INTO jeseci.sync_mark (entity, k1, k2) SELECT 'progress', user_id::text, concept_id::text FROM new_rows UNION SELECT 'progress', user_id::text, concept_id::text FROM old_rows; -- a changed key marks both
  ELSE INSERT INTO jeseci.sync_mark (entity, k1) VALUES ('progress', '*');
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER sync_mark_insert AFTER INSERT ON user_concept_progress REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION jeseci.mark_progress();
CREATE TRIGGER sync_mark_update AFTER UPDATE ON user_concept_progress REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION jeseci.mark_progress();
CREATE TRIGGER sync_mark_delete AFTER DELETE ON user_concept_progress REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION jeseci.mark_progress();
CREATE TRIGGER sync_mark_truncate AFTER TRUNCATE ON user_concept_progress FOR EACH STATEMENT EXECUTE FUNCTION jeseci.mark_progress();

-- What was there before the triggers is compared once, as a whole.
INSERT INTO jeseci.sync_mark (entity, k1) SELECT 'concept', '*' WHERE EXISTS (SELECT FROM concepts);
INSERT INTO jeseci.sync_mark (entity, k1) SELECT 'user', '*' WHERE EXISTS (SELECT FROM users);
INSERT INTO jeseci.sync_mark (entity, k1) SELECT 'learning_path', '*' WHERE EXISTS (SELECT FROM learning_paths);
INSERT INTO jeseci.sync_mark (entity, k1) SELECT 'path_concept', '*' WHERE EXISTS (SELECT FROM learning_path_concepts);
INSERT INTO jeseci.sync_mark (entity, k1) SELECT 'progress', '*' WHERE EXISTS (SELECT FROM user_concept_progress);

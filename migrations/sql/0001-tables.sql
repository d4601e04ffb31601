-- The nine tables of the model, and the schema of the program's own bookkeeping.
CREATE TABLE users (
  user_id       varchar(36)  PRIMARY KEY,
  username      varchar(255) NOT NULL UNIQUE,
  email         varchar(255) UNIQUE,               -- never leaves PostgreSQL
  password_hash varchar(255),                      -- never leaves PostgreSQL; seeding leaves it NULL
  first_name    varchar(255),
  last_name     varchar(255),
  is_active     boolean      NOT NULL DEFAULT true,
  created_at    timestamptz  NOT NULL DEFAULT now(),
  updated_at    timestamptz  NOT NULL DEFAULT now()
);
CREATE TABLE concepts (
  concept_id          varchar(36)  PRIMARY KEY,
  name                varchar(255) NOT NULL UNIQUE,
  display_name        varchar(255),
  description         text,
  category            varchar(255),
  subcategory         varchar(255),
  domain              varchar(255),
  difficulty_level    varchar(20)  NOT NULL,       -- Beginner, Intermediate, Advanced
  complexity_score    double precision,
  key_terms           jsonb        NOT NULL DEFAULT '[]',
  learning_objectives jsonb        NOT NULL DEFAULT '[]',
  real_world_examples jsonb        NOT NULL DEFAULT '[]',
  created_at          timestamptz  NOT NULL DEFAULT now(),
  updated_at          timestamptz  NOT NULL DEFAULT now()
);
CREATE TABLE learning_paths (
  path_id            varchar(36)  PRIMARY KEY,
  name               varchar(255) NOT NULL,        -- the graph's `title`; unique in seeds, not necessarily elsewhere
  description        text,
  category           varchar(255),
  difficulty_level   varchar(20)  NOT NULL,
  estimated_duration integer      CHECK (estimated_duration >= 0), -- hours
  is_public          boolean      NOT NULL DEFAULT true,
  created_at         timestamptz  NOT NULL DEFAULT now(),
  updated_at         timestamptz  NOT NULL DEFAULT now()
);
CREATE TABLE learning_path_concepts (
  path_id        varchar(36) NOT NULL REFERENCES learning_paths ON DELETE CASCADE,
  concept_id     varchar(36) NOT NULL REFERENCES concepts ON DELETE CASCADE,
  sequence_order integer     NOT NULL,
  PRIMARY KEY (path_id, concept_id)
);
CREATE TABLE user_concept_progress (
  id                 bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id            varchar(36) NOT NULL REFERENCES users ON DELETE CASCADE,
  concept_id         varchar(36) NOT NULL REFERENCES concepts ON DELETE CASCADE,
  status             varchar(20) NOT NULL CHECK (status IN ('not_started', 'in_progress', 'completed')),
  progress_percent   integer     NOT NULL DEFAULT 0 CHECK (progress_percent BETWEEN 0 AND 100),
  time_spent_minutes integer     NOT NULL DEFAULT 0 CHECK (time_spent_minutes >= 0),
  last_accessed      timestamptz,
  UNIQUE (user_id, concept_id)
);
CREATE TABLE learning_sessions (
  session_id     varchar(36) PRIMARY KEY,
  user_id        varchar(36) NOT NULL REFERENCES users ON DELETE CASCADE,
  concept_id     varchar(36) NOT NULL REFERENCES concepts ON DELETE CASCADE,
  started_at     timestamptz NOT NULL,
  total_duration integer     NOT NULL CHECK (total_duration >= 0) -- minutes
);
CREATE TABLE quizzes (
  quiz_id    varchar(36)  PRIMARY KEY,
  concept_id varchar(36)  NOT NULL REFERENCES concepts ON DELETE CASCADE,
  title      varchar(255) NOT NULL,
  created_at timestamptz  NOT NULL DEFAULT now()
);
CREATE TABLE quiz_attempts (
  attempt_id    varchar(36) PRIMARY KEY,
  quiz_id       varchar(36) NOT NULL REFERENCES quizzes ON DELETE CASCADE,
  user_id       varchar(36) NOT NULL REFERENCES users ON DELETE CASCADE,
  score_percent integer     NOT NULL CHECK (score_percent BETWEEN 0 AND 100),
  attempted_at  timestamptz NOT NULL
);
CREATE TABLE user_achievements (
  achievement_id varchar(36)  PRIMARY KEY,
  user_id        varchar(36)  NOT NULL REFERENCES users ON DELETE CASCADE,
  name           varchar(255) NOT NULL,
  earned_at      timestamptz  NOT NULL
);

-- Look-ups from the other end of each link; the primary keys serve the first end.
CREATE INDEX learning_path_concepts_concept ON learning_path_concepts (concept_id);
CREATE INDEX user_concept_progress_concept ON user_concept_progress (concept_id);
CREATE INDEX learning_sessions_user ON learning_sessions (user_id, started_at);
CREATE INDEX learning_sessions_concept ON learning_sessions (concept_id);
CREATE INDEX quizzes_concept ON quizzes (concept_id);
CREATE INDEX quiz_attempts_user ON quiz_attempts (user_id);
CREATE INDEX quiz_attempts_quiz ON quiz_attempts (quiz_id);
CREATE INDEX user_achievements_user ON user_achievements (user_id);

CREATE SCHEMA jeseci;
CREATE TABLE jeseci.migration (
  number     integer     PRIMARY KEY,
  name       text        NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
);

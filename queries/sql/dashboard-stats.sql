-- title: The numbers of the dashboard
-- description: Average completion, hours, mastered concepts and streak of a user.
-- param username: string choices(usernames) -- whose numbers
WITH u AS (
  SELECT user_id FROM users WHERE username = $username
), p AS (
  SELECT p.progress_percent, p.time_spent_minutes, p.last_accessed FROM user_concept_progress p JOIN u USING (user_id)
), days AS (
  SELECT s.started_at::date AS day FROM learning_sessions s JOIN u USING (user_id)
  UNION
  SELECT p.last_accessed::date FROM p
), runs AS (
  -- Consecutive days have the same distance to their number.
  SELECT day, day - (row_number() OVER (ORDER BY day))::int AS run FROM days WHERE day <= current_date
), streak AS (
  SELECT count(*) AS days FROM runs GROUP BY run HAVING max(day) >= current_date - 1
)
SELECT
  (SELECT round(avg(progress_percent))::int FROM p) AS average_completion_percent,
  (SELECT round(coalesce(sum(time_spent_minutes), 0) / 60.0, 1)::float8 FROM p) AS hours_spent,
  (SELECT count(*) FROM p WHERE progress_percent >= 75) AS concepts_mastered,
  coalesce((SELECT days FROM streak), 0) AS streak_days
FROM u

// One constraint for each node key, and for the lane. No other uniqueness: two values swapped in one statement would clash.
CREATE CONSTRAINT concept_key IF NOT EXISTS FOR (n:Concept) REQUIRE n.concept_id IS UNIQUE;
CREATE CONSTRAINT user_key IF NOT EXISTS FOR (n:User) REQUIRE n.user_id IS UNIQUE;
CREATE CONSTRAINT learning_path_key IF NOT EXISTS FOR (n:LearningPath) REQUIRE n.path_id IS UNIQUE;
CREATE CONSTRAINT sync_lane_key IF NOT EXISTS FOR (l:__SyncLane) REQUIRE l.lane IS UNIQUE;
// What people and the canned queries look things up by.
CREATE INDEX concept_name IF NOT EXISTS FOR (n:Concept) ON (n.name);
CREATE INDEX user_username IF NOT EXISTS FOR (n:User) ON (n.username);
CREATE INDEX learning_path_title IF NOT EXISTS FOR (n:LearningPath) ON (n.title);

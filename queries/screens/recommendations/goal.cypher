// title: The goal of a route
// description: Whether the user and the concept are there.
// param username: string choices(usernames) -- whose route
// param goal: string choices(concepts) -- the concept to reach
OPTIONAL MATCH (u:User {username: $username})
OPTIONAL MATCH (c:Concept {name: $goal})
RETURN u IS NOT NULL AS user_known, c IS NOT NULL AS goal_known

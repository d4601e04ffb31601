/** A concept is mastered from this percentage on, whatever its status says. */
export const MASTERED_PERCENT = 75;

/** The definitions behind the numbers, as the help and the tiles show them. */
export const definitions = {
  mastered: `progress of ${MASTERED_PERCENT} % or more`,
  averageCompletion: "mean progress over the user's progress rows, rounded half up",
  timeSpent: "sum of the minutes of all progress rows, in hours",
  streak: "consecutive days with a session or an access, ending today or yesterday",
  ready: `neither completed nor mastered, and every direct prerequisite mastered (${MASTERED_PERCENT} % or more)`,
} as const;

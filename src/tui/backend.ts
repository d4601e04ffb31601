// Everything of the core that screens call, behind one import(): none of it is loaded before the first frame.
export { explainEntry, explainQuery, runQuery, runStatement, explainStatement } from "../core/catalogue/run.ts";
export { parameterText } from "../core/catalogue/describe.ts";
export { parseParameter, parseParameters } from "../core/catalogue/parameters.ts";
export { readQuery } from "../core/catalogue/load.ts";
export { check } from "../core/consistency/check.ts";
export { loadDashboard, loadStanding } from "../core/dashboard/dashboard.ts";
export { conceptNames, loadConcept, loadLearners, loadRelationships } from "../core/concepts/concepts.ts";
export { listPaths, loadPath } from "../core/paths/paths.ts";
export { loadRecommendations } from "../core/recommendations/recommend.ts";
export { loadSharedMatrix } from "../core/shared-concepts/shared-concepts.ts";
export { runnable } from "../core/output/runnable.ts";
export { planRows } from "../core/output/plan.ts";
export { formatRows } from "../core/output/format.ts";
export { objectOf, uniqueNames } from "../core/output/delimited.ts";
export { toJson } from "../core/text/json.ts";
export { defaultUser, listUsers, unknownUser } from "../core/users/users.ts";

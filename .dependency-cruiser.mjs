/** The arrows of the house: tui and commands → core → databases → nothing. config imports nothing of ours. */
const leaf = "^src/package-root\\.ts$";

export default {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } } },
    { name: "databases-import-nothing", severity: "error", from: { path: "^src/databases/" }, to: { path: "^src/", pathNot: ["^src/databases/", leaf] } },
    { name: "config-imports-nothing", severity: "error", from: { path: "^src/config/" }, to: { path: "^src/", pathNot: ["^src/config/", leaf] } },
    { name: "core-imports-databases-only", severity: "error", from: { path: "^src/core/" }, to: { path: "^src/", pathNot: ["^src/core/", "^src/databases/", leaf] } },
    { name: "core-is-free-of-the-terminal", severity: "error", from: { path: "^src/(core|databases|config)/" }, to: { path: "node_modules/(ink|react|ink-select-input|ink-table|@inkjs|@alcalzone|meow)/" } },
    { name: "commands-never-import-the-explorer", comment: "explore.ts is the one door to it, by import()", severity: "error", from: { path: "^src/commands/", pathNot: "^src/commands/explore\\.ts$" }, to: { path: "^src/tui/" } },
    { name: "tui-never-imports-commands", severity: "error", from: { path: "^src/tui/" }, to: { path: "^src/commands/" } },
    { name: "drivers-stay-in-databases", severity: "error", from: { path: "^src/", pathNot: "^src/databases/" }, to: { path: "node_modules/(pg|pg-[a-z-]+|neo4j-driver[a-z-]*|@electric-sql|@grafeo-db)/" } },
    { name: "only-open-picks-an-engine", severity: "error", from: { path: "^src/(core|commands|tui)/" }, to: { path: "^src/databases/(sql|graph)/|^src/databases/embedded\\.ts$" } },
    { name: "main-imports-nothing-heavy", severity: "error", from: { path: "^src/main\\.ts$" }, to: { path: "node_modules|^src/(tui|databases|core)/", dependencyTypesNot: ["type-only"], dynamic: false } },
    { name: "product-never-imports-tests", severity: "error", from: { path: "^src/" }, to: { path: "^(test|bench|scripts)/" } },
    { name: "no-unresolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^dist/" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"] },
  },
};

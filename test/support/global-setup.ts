import type { TestProject } from "vitest/node";
import { neo4jJars } from "../../scripts/servers/start.ts";
import { neo4jVersions } from "./servers.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Versions of Neo4j whose jars are there. */
    neo4jFetched: string[];
  }
}

/** Fetches what is missing once, before files that run side by side would all do so. */
export default function setup({ provide }: TestProject): void {
  provide("neo4jFetched", neo4jVersions.filter((version) => neo4jJars(version) !== null));
}

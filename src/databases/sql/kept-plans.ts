import pg, { type ClientBase, type QueryConfig } from "pg";
import { DatabaseError } from "../errors.ts";

/**
 * Statements that PostgreSQL keeps prepared for a pool. Only on a connection that leads to one server process for good: behind
 * a pooler the next transaction may be another process's, which has never heard of them.
 */
export class KeptPlans {
  readonly #names = new Map<string, string>();
  readonly #direct = new WeakMap<ClientBase, boolean>();
  readonly #used = new WeakSet<ClientBase>();
  #count = 0;

  /** What the statement is called on this connection; undefined where it has to be planned each time. `patienceMs`: how long an answer may take. */
  async nameOn(client: ClientBase, statement: string, patienceMs: number): Promise<string | undefined> {
    // Whoever asks once has no use for a plan.
    if (!this.#used.has(client)) return void this.#used.add(client);
    if (!(this.#direct.get(client) ?? (await this.#look(client, patienceMs)))) return undefined;
    const name = this.#names.get(statement) ?? `jeseci_${(this.#count += 1)}`;
    this.#names.set(statement, name);
    return name;
  }

  /**
   * Of a statement that was called by its name, the error that says that a table has got other columns since its plan was kept:
   * all are made anew from then on. The words of it depend on the server's language.
   */
  outlived(error: unknown): DatabaseError | undefined {
    if (!(error instanceof pg.DatabaseError) || error.code !== "0A000") return undefined;
    this.#names.clear();
    return new DatabaseError("conflict", "sql", "a table has got other columns meanwhile", { cause: error, hint: "try again: it is looked at anew" });
  }

  /** A pooler makes up the number that it answers the connection with. */
  async #look(client: ClientBase, patienceMs: number): Promise<boolean> {
    const { rows } = await client.query<{ pid: number }>({ text: "SELECT pg_backend_pid() AS pid", query_timeout: patienceMs } as QueryConfig);
    const direct = rows[0]?.pid === (client as ClientBase & { processID?: number | null }).processID;
    this.#direct.set(client, direct);
    return direct;
  }
}

import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { check } from "../../../src/core/consistency/check.ts";
import type { Session } from "../../../src/core/session.ts";
import { lockLane, ownerName, releaseLane, takeLane } from "../../../src/core/sync/lane.ts";
import { loadBacklog } from "../../../src/core/sync/outbox.ts";
import { sync } from "../../../src/core/sync/project.ts";
import { Relay } from "../../../src/core/sync/relay.ts";
import { dualWrite } from "../../../src/core/writes/dual-write.ts";
import type { Databases } from "../../../src/databases/types.ts";

/*
 * The one order of locks: the lane, then PostgreSQL. Somebody holds the lane, and who comes second is let wait for it; what
 * the holder then does in PostgreSQL must be seen by the second, and must not have to wait for it.
 */

const addUser = "INSERT INTO users (user_id, username) VALUES ('lane', 'lane') ON CONFLICT (user_id) DO UPDATE SET last_name = 'again'";

/** On a pair whose tests run one after the other. */
export function orderStories(open: () => Session): void {
  const databases = (): Databases => open().databases;

  /** Until one of the transactions of the graph waits for another's lock. What is embedded queues, and doesn't tell. */
  const blocked = async ({ profile, graph }: Databases): Promise<void> => {
    if (profile === "embedded") return void (await sleep(300));
    for (let tries = 0; tries < 400; tries += 1) {
      const { rows } = await graph.query("SHOW TRANSACTIONS YIELD status WHERE status STARTS WITH 'Blocked' RETURN count(*) AS n");
      if (Number(rows[0]?.[0]) > 0) return;
      await sleep(25);
    }
    throw new Error("nobody waits for the lane");
  };

  /** Holds the lane until the other waits for it, then does the work and lets it go. */
  const behindTheLane = async <T>(other: () => Promise<T>, work: Parameters<Databases["graph"]["write"]>[0]): Promise<T> => {
    let running: Promise<T> | undefined;
    await databases().graph.write(
      async (graph) => {
        await lockLane(graph);
        running = other();
        running.catch(() => undefined); // looked at below
        await blocked(databases());
        await work(graph);
      },
      { timeoutMs: 30_000 },
    );
    if (running === undefined) throw new Error("the lane was never held");
    return running;
  };

  describe("the lane comes before PostgreSQL", () => {
    test("a relay that waited for it carries over what the row is by then, and not the deletion that it came for", async () => {
      await sync(databases());
      await databases().sql.write((transaction) => transaction.query(addUser));
      await sync(databases());
      await databases().sql.write((transaction) => transaction.query("DELETE FROM users WHERE user_id = 'lane'"));
      const lease = await takeLane(databases(), ownerName());
      if (lease === null) throw new Error("nobody else should hold the lane");
      // What a dual write does: row and node, and its own mark goes. The mark of the deletion stays, and is what the relay has come for.
      await behindTheLane(
        () => new Relay(databases(), lease).drain(),
        async (graph) => {
          await databases().sql.write(async (transaction) => {
            await transaction.query(addUser);
            await transaction.query("DELETE FROM jeseci.sync_mark WHERE xid = pg_current_xact_id()");
          });
          await graph.query("MERGE (u:User {user_id: 'lane'}) SET u.username = 'lane'");
        },
      );
      await releaseLane(databases(), lease);
      expect((await loadBacklog(databases()))?.pending).toBe(0);
      expect((await databases().graph.query("MATCH (u:User {user_id: 'lane'}) RETURN count(u) AS n")).rows).toEqual([[1]]);
      expect((await check(open())).findings).toEqual([]);
    });

    test("a dual write that waits for it has locked no row, and works on what the row is by then", async () => {
      await sync(databases());
      await databases().sql.write((transaction) => transaction.query(addUser));
      await sync(databases());
      const rename = { rows: (transaction: Parameters<Parameters<Databases["sql"]["write"]>[0]>[0]) => transaction.query("UPDATE users SET last_name = coalesce(last_name, '') || ' renamed' WHERE user_id = 'lane' RETURNING last_name") };
      const { outcome } = await behindTheLane(
        () => dualWrite(databases(), rename),
        async (graph) => {
          await databases().sql.write(
            async (transaction) => {
              await transaction.query("LOCK TABLE users IN ACCESS EXCLUSIVE MODE");
              await transaction.query("UPDATE users SET last_name = 'held' WHERE user_id = 'lane'");
            },
            { lockTimeoutMs: 1_000 },
          );
          await graph.query("MATCH (u:User {user_id: 'lane'}) SET u.last_name = 'held'");
        },
      );
      expect(outcome).toBe("both");
      await databases().afterwards.settled();
      expect((await databases().graph.query("MATCH (u:User {user_id: 'lane'}) RETURN u.last_name AS name")).rows).toEqual([["held renamed"]]);
      await sync(databases());
      expect((await check(open())).findings).toEqual([]);
    });
  });
}

import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { Afterwards } from "../../src/databases/afterwards.ts";

test("what goes on behind an answer is waited for in turn, and its failure is nobody's", async () => {
  const done: string[] = [];
  const afterwards = new Afterwards();
  afterwards.add(async () => {
    await sleep(20);
    done.push("first");
  });
  afterwards.add(() => Promise.reject(new Error("nobody hears of it")));
  afterwards.add(() => {
    done.push("last");
    return Promise.resolve();
  });
  expect(done).toEqual([]);
  await afterwards.settled();
  expect(done).toEqual(["first", "last"]);
  await expect(new Afterwards().settled()).resolves.toBeUndefined();
});

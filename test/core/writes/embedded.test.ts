import { afterAll, beforeAll, describe } from "vitest";
import { Writer } from "../../support/written.ts";
import { describeWrites } from "./stories.ts";

describe("on the embedded pair", () => {
  let writer: Writer;
  beforeAll(async () => {
    writer = await Writer.open();
  });
  afterAll(() => writer.close());
  describeWrites(() => writer);
});

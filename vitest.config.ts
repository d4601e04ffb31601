import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.{ts,tsx}"],
    globalSetup: "./test/support/global-setup.ts",
    reporters: ["default", "./test/support/summary-reporter.ts"],
    testTimeout: 120_000,
    hookTimeout: 240_000,
    // Waiting ends as soon as what is waited for comes; how long that takes is the machine's affair.
    expect: { poll: { timeout: 20_000 } },
    maxWorkers: 2,
  },
});

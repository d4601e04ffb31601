import { describe, expect, test } from "vitest";
import { commandFirst, parseCommandLine } from "../../src/commands/parse.ts";

describe("flags before the command", () => {
  test.each([
    [["--profile", "prod", "check", "--fast"], ["check", "--profile", "prod", "--fast"]],
    [["--profile=prod", "--no-color", "path", "add", "A", "--", "--b"], ["path", "add", "--profile=prod", "--no-color", "A", "--", "--b"]],
    [["--json", "status"], ["status", "--json"]],
    [["--help", "sync", "install"], ["sync", "install", "--help"]],
    [["--limit", "3", "query"], ["query", "--limit", "3"]],
    [["--profile", "prod", "path"], ["path", "--profile", "prod"]],
  ])("%j", (given, expected) => {
    expect(commandFirst(given)).toEqual(expected);
  });

  test.each([[[]], [["check", "--profile", "prod"]], [["--help"]], [["--profile", "check"]], [["--profile", "prod"]], [["--profile", "prod", "consistency"]], [["--user", "ada", "check"]], [["--", "check"]]])("%j stays as it is", (given) => {
    expect(commandFirst(given)).toEqual(given);
  });

  test("a word that is neither a command nor a screen is told as a command", () => {
    expect(() => parseCommandLine(commandFirst(["--profile", "prod", "chek"]))).toThrow("there is no command “chek”");
  });

  test("and the command is that one", () => {
    const { command, values, arguments: given } = parseCommandLine(commandFirst(["--profile", "prod", "concept", "create", "x"]));
    expect([command.name, values.get("profile"), given]).toEqual(["concept create", ["prod"], ["x"]]);
  });
});

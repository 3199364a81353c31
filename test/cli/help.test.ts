import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../src/base/home.js";
import { runCommand } from "../support/command.js";
import { temporaryFolder } from "../support/temporary.js";

/** The commands whose sources lie in src/cli, by name. */
function commandsThere(): string[] {
  const folder = join(packageRoot, "src", "cli");
  return readdirSync(folder).flatMap((file) => {
    const source = readFileSync(join(folder, file), "utf8");
    return [...source.matchAll(/^export function (\w+)Command\(\): Command/gm)].map(([, name]) => name!);
  });
}

test("--help lists every command once, in groups", async (context) => {
  const folder = temporaryFolder(context);
  const { code, stdout } = await runCommand(["--help"], folder, folder);
  assert.equal(code, 0);
  const headings = [...stdout.matchAll(/^(\w+):$/gm)].map(([, heading]) => heading);
  assert.deepEqual(headings, ["Options", "Count", "Serve", "Steer", "Train", "Models", "Fiji", "Check"]);
  const listed = [...stdout.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name!);
  assert.deepEqual(listed.filter((name) => name !== "help").sort(), commandsThere().sort());
});

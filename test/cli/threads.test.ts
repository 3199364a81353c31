import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../src/base/home.js";
import { runCommand } from "../support/command.js";
import { oracleStacks } from "../support/oracle.js";
import { temporaryFolder } from "../support/temporary.js";

const MODEL = join(packageRoot, "models", "defcon-fast.onnx");
const [stack] = oracleStacks();

test("tables and maps are the same with any number of threads", async (t) => {
  const folder = temporaryFolder(t);
  for (const threads of ["1", "3"]) {
    const output = join(folder, threads);
    const args = ["predict", stack!.path, "-m", MODEL, "-o", output, "--threads", threads];
    const { code, stderr } = await runCommand(args, folder);
    assert.equal(code, 0, stderr);
  }
  for (const name of readdirSync(join(folder, "1"))) {
    assert.ok(readFileSync(join(folder, "1", name)).equals(readFileSync(join(folder, "3", name))), name);
  }
});

test("a number of threads that cannot be is refused", async (t) => {
  const folder = temporaryFolder(t);
  for (const threads of ["0", "1.5", "many"]) {
    const { code, stderr } = await runCommand(["predict", stack!.path, "--threads", threads], folder);
    assert.equal(code, 1);
    assert.match(stderr, /--threads <n>.*whole number from 1/);
  }
});

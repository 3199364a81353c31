import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runCommand } from "../support/command.js";
import { temporaryFolder } from "../support/temporary.js";

test("a name that is taken is told before anything is measured", async (context) => {
  const home = temporaryFolder(context);
  const { code, stderr } = await runCommand(["tune", "absent.tif", "-o", "defcon"], home, home);
  assert.equal(code, 1);
  assert.match(stderr, /model defcon.*a name that is free.*comes with the program/s);
});

test("a stack that is not there is named", async (context) => {
  const home = temporaryFolder(context);
  const { code, stderr } = await runCommand(["tune", "absent.tif", "-o", "mine"], home, home);
  assert.equal(code, 1);
  assert.match(stderr, /absent\.tif.*no file of that name/s);
  assert.ok(!existsSync(join(home, "mine")));
});

test("minutes are a number above 0", async (context) => {
  const home = temporaryFolder(context);
  const { code, stderr } = await runCommand(["tune", "absent.tif", "--minutes", "0"], home, home);
  assert.notEqual(code, 0);
  assert.match(stderr, /--minutes.*above 0/s);
});

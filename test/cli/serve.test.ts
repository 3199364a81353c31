import assert from "node:assert/strict";
import { test } from "node:test";
import { runCommand } from "../support/command.js";
import { temporaryFolder } from "../support/temporary.js";

test("serve refuses a port or a time out of range and a model file that is not there, in a line", async (t) => {
  const home = temporaryFolder(t);
  for (const [args, expected] of [
    [["--port", "65536"], /whole number from 0 to 65535, found 65536/],
    [["--port", ""], /whole number from 0 to 65535, found nothing/],
    [["--idle-exit", "35792"], /whole number from 1 to 35791, found 35792/],
    [
      ["-m", "none.h5"],
      /^defcon-fiji: model none\.h5: .*no installed model and no such file.*\[MODEL_NOT_FOUND\]\n$/,
    ],
  ] as const) {
    const { code, stderr } = await runCommand(["serve", ...args], home);
    assert.equal(code, 1);
    assert.match(stderr, expected);
  }
});

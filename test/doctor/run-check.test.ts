import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { pathToFileURL } from "node:url";
import { packageRoot } from "../../src/base/home.js";
import { runCheck } from "../../src/doctor/run-check.js";
import { temporaryFolder } from "../support/temporary.js";

/** Far above what a process takes to begin. */
const PATIENCE_MS = 60_000;

function program(context: TestContext, text: string): string {
  const path = join(temporaryFolder(context), "check.mjs");
  writeFileSync(path, text);
  return path;
}

const ENDINGS = {
  "is ended by a signal": [
    'process.kill(process.pid, "SIGSEGV"); setInterval(() => 0, 1000);',
    process.platform === "win32" ? /exit code/ : /^its process was ended by SIGSEGV$/,
  ],
  aborts: ["process.abort();", /^its process was ended by (SIGABRT|exit code \d+)/],
  "ends with an error": [
    'console.error("first"); console.error("the driver is gone"); process.exit(3);',
    /^its process was ended by exit code 3; its last words: the driver is gone$/,
  ],
  "answers and then crashes": [
    'process.send([{ name: "x", state: "ok", detail: "" }], () => process.abort());',
    /^its process was ended by (SIGABRT|exit code \d+)/,
  ],
  "ends without a word": ["process.exit();", /^its process ended without an answer$/],
  "answers something else": ["process.send({ fine: true }, () => process.exit());", /without an answer$/],
  "answers no state that there is": [
    'process.send([{ name: "x", state: "fine" }], () => process.exit());',
    /without an answer$/,
  ],
} as const;

for (const [what, [text, detail]] of Object.entries(ENDINGS)) {
  test(`a check whose process ${what} is a broken line`, async (t) => {
    const [line, ...others] = await runCheck("engine x", program(t, text), PATIENCE_MS);
    assert.deepEqual([line?.name, line?.state, others], ["engine x", "broken", []]);
    assert.match(line!.detail, detail);
  });
}

test("a check that never ends is a broken line after its time", async (t) => {
  const busy = program(t, "for (;;);");
  const [line] = await runCheck("engine x", busy, 300);
  assert.deepEqual(line, { name: "engine x", state: "broken", detail: "no end within 0.3 s" });
});

test("an engine whose numbers are wrong in its own process is a broken line", async (t) => {
  const doctor = pathToFileURL(join(packageRoot, "dist", "src", "doctor", "engines.js"));
  const wrong = program(
    t,
    `import { tryEngine } from "${doctor}";
    const network = { predict: async (frames) => frames.fill(0.5), dispose: async () => undefined };
    const line = await tryEngine(process.argv[2], async () => ({ prepare: async () => network }));
    process.send([line], () => process.disconnect());`,
  );
  const [line] = await runCheck("engine x", wrong, PATIENCE_MS);
  assert.deepEqual([line?.name, line?.state], ["engine x", "broken"]);
  assert.match(line!.detail, /^wrong numbers: off by 0\.\d+/);
});

test("a check of the table that throws is a broken line with what to do", async (t) => {
  const before = process.env.FIJI_HOME;
  process.env.FIJI_HOME = temporaryFolder(t);
  t.after(() => {
    if (before === undefined) delete process.env.FIJI_HOME;
    else process.env.FIJI_HOME = before;
  });
  const [line, ...others] = await runCheck("Fiji");
  assert.deepEqual([line?.name, line?.state, others], ["Fiji", "broken", []]);
  assert.equal(
    line!.detail,
    "the variable FIJI_HOME: expected a Fiji or ImageJ folder, with plugins in it, found none there",
  );
  assert.match(line!.advice!, /^In Fiji, Help > About/);
});

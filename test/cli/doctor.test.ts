import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../src/base/home.js";
import { VERSION } from "../../src/base/version.js";
import type { Finding, Findings } from "../../src/doctor/doctor.js";
import { EXECUTABLE, finished, runAt, userAt } from "../support/command.js";
import { lay, makeFiji, PLUGIN_JAR, putFile, snapshot, wholeContent } from "../support/fiji.js";
import { temporaryFolder } from "../support/temporary.js";

const NEEDED = [/^defcon-fiji$/, /^Node\.js$/, /^onnxruntime on cpu$/, /^model/];
/** Sets colours apart from text. */
const ESCAPE = "\x1b";

/** A fault is what no option, and only a line's state, makes of the exit code. */
function expectedCode(lines: readonly Finding[]): number {
  const fine = lines.every(({ state, needed }) => state === "ok" || (state === "missing" && !needed));
  return fine ? 0 : 1;
}

function lineOf({ lines }: Findings, name: string): Finding {
  const found = lines.filter((each) => each.name === name);
  assert.equal(found.length, 1, name);
  return found[0]!;
}

test("on a machine with nothing but the program, all that counting needs is in order; nothing is written", async (t) => {
  const home = temporaryFolder(t);
  const { code, stdout, stderr } = await runAt(home, "doctor", "--json");
  const found = JSON.parse(stdout) as Findings;
  assert.deepEqual([code, stderr, found.healthy, found.version], [0, "", true, VERSION]);
  for (const { name, needed } of found.lines) {
    assert.equal(
      needed,
      NEEDED.some((pattern) => pattern.test(name)),
      name,
    );
  }
  for (const name of ["defcon-fiji", "Node.js", "onnxruntime on cpu", "model defcon", "model defcon-fast"]) {
    assert.equal(lineOf(found, name).state, "ok", name);
  }
  assert.match(lineOf(found, "model defcon").detail, /^the default, .*, 112912 parameters, /);
  assert.equal(lineOf(found, "daemon").state, "missing");
  assert.equal(lineOf(found, "plugin").state, PLUGIN_JAR ? "ok" : "missing");
  for (const { state, advice, name } of found.lines) if (state !== "ok") assert.ok(advice, name);
  assert.deepEqual(snapshot(home), {});
});

test("the text says what the JSON says, without colours where it is no terminal", async (t) => {
  const home = temporaryFolder(t);
  const root = makeFiji(home);
  await lay(root, wholeContent(VERSION));
  putFile(root, `plugins/defcon-fiji_-${VERSION}.jar`, "another file");
  const before = snapshot(home);
  const [text, json] = [await runAt(home, "doctor"), await runAt(home, "doctor", "--json")];
  assert.deepEqual(snapshot(home), before);
  const found = JSON.parse(json.stdout) as Findings;
  assert.deepEqual([text.code, json.code, text.stderr], [1, 1, ""]);
  assert.ok(!text.stdout.includes(ESCAPE));
  const fiji = found.lines.find(({ detail }) => detail.startsWith(root))!;
  assert.deepEqual([fiji.name, fiji.state, fiji.needed], ["Fiji", "broken", false]);
  const rows = text.stdout.split("\n");
  const shown = rows.filter((row) => /^(ok|missing|broken) /.test(row)).map((row) => row.split(/ {2,}/));
  // Times and free memory are other ones in each run.
  const lasting = ([state, name, detail]: string[]) => [state, name, detail!.replace(/[\d.e-]+/g, "#")];
  assert.deepEqual(
    shown.map(lasting),
    found.lines.map(({ state, name, detail }) => lasting([state, name, detail])),
  );
  for (const { advice } of found.lines)
    if (advice)
      assert.ok(
        rows.some((row) => row.trim() === advice),
        advice,
      );
  assert.ok(rows.includes("Look after: Fiji."));
  const columns = rows
    .filter((row) => /^(ok|missing|broken) /.test(row))
    .map((row) => /^\S+ +/.exec(row)![0].length);
  assert.equal(new Set(columns).size, 1);
});

test("a damaged model is broken, and no model of the user's stands in the way of the others", async (t) => {
  const home = temporaryFolder(t);
  const models = join(home, "defcon", "models");
  mkdirSync(models, { recursive: true });
  copyFileSync(join(packageRoot, "models", "defcon.onnx"), join(models, "mine.onnx"));
  const bytes = readFileSync(join(models, "mine.onnx"));
  // In the middle of the file lie weights: a number stays a number, and another one.
  const middle = bytes.length >> 1;
  bytes.writeUInt8(bytes.readUInt8(middle) ^ 1, middle);
  writeFileSync(join(models, "mine.onnx"), bytes);
  writeFileSync(join(models, "empty.h5"), "");
  const { code, stdout } = await runAt(home, "doctor", "--json");
  const found = JSON.parse(stdout) as Findings;
  assert.deepEqual([code, found.healthy, expectedCode(found.lines)], [1, false, 1]);
  const mine = lineOf(found, "model mine");
  assert.deepEqual([mine.state, mine.needed], ["broken", true]);
  assert.match(
    mine.detail,
    /mine\.onnx: expected weights with the SHA-256 [0-9a-f]{64}, found [0-9a-f]{64}$/,
  );
  assert.equal(lineOf(found, "model empty").state, "broken");
  assert.equal(lineOf(found, "model defcon").state, "ok");
});

const withoutScript =
  process.platform !== "linux" || spawnSync("script", ["--version"]).status !== 0
    ? "needs util-linux' script to make a terminal"
    : false;

/** What a terminal is shown. */
async function onTerminal(home: string, variables: NodeJS.ProcessEnv): Promise<string> {
  const {
    NO_COLOR: _,
    FORCE_COLOR: __,
    NODE_DISABLE_COLORS: ___,
    CI: ____,
    TMUX: _____,
    ...env
  } = userAt(home);
  const command = `"${process.execPath}" "${EXECUTABLE}" doctor`;
  const child = spawn("script", ["-qec", command, join(home, "typescript")], {
    env: { ...env, TERM: "xterm-256color", ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return (await finished(child)).stdout;
}

test("a terminal shows states in colours, unless NO_COLOR is set", { skip: withoutScript }, async (t) => {
  const home = temporaryFolder(t);
  const coloured = await onTerminal(home, {});
  assert.match(coloured, new RegExp(`${ESCAPE}\\[32mok${ESCAPE}\\[0m {7}Node\\.js`));
  assert.match(coloured, new RegExp(`${ESCAPE}\\[33mmissing${ESCAPE}\\[0m  daemon`));
  assert.match(coloured, /looking at onnxruntime on cpu \.\.\./);
  const plain = await onTerminal(home, { NO_COLOR: "1" });
  assert.match(plain, /^ok {7}Node\.js/m);
  assert.ok(!plain.includes(`${ESCAPE}[3`));
});

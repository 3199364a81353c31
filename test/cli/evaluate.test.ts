import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runCommand } from "../support/command.js";
import { writeCondition } from "../support/evaluation.js";
import { RANDOM_MODEL } from "../support/oracle.js";
import { temporaryFolder } from "../support/temporary.js";

const TABLE = "frame,x,y,brightness\n1,4.5,5.5,900\n3,3.5,3.5,700\n";

test("writes a report and prints the models side by side", async (t) => {
  const folder = temporaryFolder(t);
  const [data, out] = [join(folder, "data"), join(folder, "out")];
  await writeCondition(data, { table: TABLE });
  const { code, stdout, stderr } = await runCommand(
    ["evaluate", RANDOM_MODEL, "--data", data, "-o", out],
    folder,
  );
  assert.equal(code, 0, stderr);
  assert.match(stderr, /data: 3 frames of 16 x 16, 2 emitters/);
  assert.match(stdout, /^ +random_defcon\nframes +3\n/);
  assert.match(stdout, /count bias +[+−][\d.]+ \(/);
  assert.deepEqual(readdirSync(out).sort(), ["frames.csv", "report.html", "summary.csv"]);
  assert.equal(readFileSync(join(out, "frames.csv"), "utf8").trimEnd().split("\n").length, 4);
});

test("--json prints the summary alone, the same as in the table", async (t) => {
  const folder = temporaryFolder(t);
  const [data, out] = [join(folder, "data"), join(folder, "out")];
  await writeCondition(data, { table: TABLE });
  const args = ["evaluate", RANDOM_MODEL, "--data", data, "-o", out, "--pool", "5", "--json"];
  const { code, stdout, stderr } = await runCommand(args, folder);
  assert.deepEqual([code, stderr], [0, ""]);
  const printed = JSON.parse(stdout) as {
    pool: number;
    models: string[];
    total: Record<string, { frames: number; count: { bias: number } }>;
    groupings: { name: string; groups: { label: string }[] }[];
  };
  assert.deepEqual([printed.pool, printed.models], [5, ["random_defcon"]]);
  const [, row] = readFileSync(join(out, "summary.csv"), "utf8").split("\n");
  const { frames, count } = printed.total.random_defcon!;
  assert.equal(frames, 3);
  assert.equal(Number(row!.split(",")[5]), Number(count.bias.toPrecision(9)));
  assert.deepEqual(
    printed.groupings.map(({ name }) => name),
    ["density", "signal"],
  );
});

test("what is wrong is said, with what to do, and no report is written", async (t) => {
  const folder = temporaryFolder(t);
  const data = join(folder, "data");
  await writeCondition(data, { table: TABLE });
  const out = join(folder, "out");
  const cases: [string[], RegExp][] = [
    [["--data", data], /missing required argument 'models'/],
    [[RANDOM_MODEL], /required option '--data <path>'/],
    [[RANDOM_MODEL, RANDOM_MODEL, "--data", data], /different names.*\[INPUT_OPTION\]/],
    [[join(folder, "none.onnx"), "--data", data], /none\.onnx.*\[MODEL_NOT_FOUND\]/],
    [[RANDOM_MODEL, "--data", join(folder, "nowhere")], /nowhere.*\[INPUT_NOT_FOUND\]/],
    [[RANDOM_MODEL, "--data", data, "--threshold", "-1"], /number of at least 0, found -1/],
  ];
  for (const [args, expected] of cases) {
    const { code, stderr } = await runCommand(["evaluate", ...args, "-o", out], folder);
    assert.equal(code, 1, stderr);
    assert.match(stderr.replaceAll("\n", " "), expected);
    assert.ok(!existsSync(out) || readdirSync(out).length === 0);
  }
});

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../src/base/home.js";
import { EXECUTABLE, finished, runCommand, startCommand } from "../support/command.js";
import { runDaemon } from "../support/daemon.js";
import { Recorder } from "../support/journal.js";
import { RANDOM_MODEL } from "../support/oracle.js";
import { temporaryFolder } from "../support/temporary.js";

const MODEL = join(packageRoot, "models", "defcon-fast.onnx");

interface Line {
  frame?: number;
  reading?: number;
  output: number;
  state: string;
  reason?: string;
}

const linesOf = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);

test("control holds the simulated microscope, which is a process of its own", async (t) => {
  const { home } = await runDaemon(t, { models: [MODEL] });
  const env = { ...process.env, DEFCON_FIJI_HOME: home };
  const control = spawn(
    process.execPath,
    [EXECUTABLE, "control", "-", "--set-point", "10", "--safe-output", "2"],
    {
      env,
      stdio: ["pipe", "pipe", "pipe"],
    },
  );
  const microscope = spawn(process.execPath, [EXECUTABLE, "microscope", "--frames", "200"], {
    env,
    stdio: ["pipe", "pipe", "pipe"],
  });
  microscope.stdout.pipe(control.stdin);
  // Each line of the controller is the light of the next frame.
  control.stdout.pipe(microscope.stdin);
  microscope.stdin.on("error", () => undefined);
  const [{ code, stdout, stderr }, exposed] = await Promise.all([finished(control), finished(microscope)]);
  assert.equal(code, 0, stderr);
  assert.equal(exposed.code, 0, exposed.stderr);
  const lines = linesOf(stdout);
  // How many frames are counted depends on the machine.
  assert.ok(lines.some(({ state, reading }) => reading !== undefined && state !== "waiting"));
  assert.deepEqual([lines.at(-1)!.output, lines.at(-1)!.reason], [2, "ended"]);
});

test("control follows a recording, counts its newest frame, and ends with it", async (t) => {
  const { home } = await runDaemon(t);
  const folder = temporaryFolder(t);
  const recording = join(folder, "recording");
  const recorder = new Recorder(t, "classic", recording);
  await recorder.writeFrames(3);
  const args = [
    "control",
    join(recording, "run.tif"),
    "--mode",
    "manual",
    "--set-point",
    "5",
    "--output",
    "7",
  ];
  const { code, stdout, stderr } = await finished(startCommand([...args, "--idle", "1"], home));
  assert.equal(code, 0, stderr);
  const lines = linesOf(stdout);
  assert.deepEqual([...new Set(lines.slice(0, -1).map(({ output }) => output))], [7]);
  assert.ok(lines.some(({ frame, reading }) => frame === 3 && reading !== undefined));
});

test("control and microscope say what is wrong with their options", async (t) => {
  const home = temporaryFolder(t);
  const fails = async (args: string[], message: RegExp) => {
    const { code, stderr } = await runCommand(args, home);
    assert.notEqual(code, 0);
    assert.match(stderr, message);
  };
  await fails(["control", "-"], /--set-point: expected a number above 0, found none/);
  await fails(["control", "-", "--set-point", "5", "--udp", "nowhere"], /127\.0\.0\.1:5005/);
  await fails(
    ["control", "-", "--set-point", "5", "--output-min", "200"],
    /--output-max: expected above --output-min, 200, found 100/,
  );
  await fails(["control", "-", "--set-point", "5", "-m", "unheard-of"], /unheard-of/);
  await fails(["control", join(home, "absent.tif"), "--set-point", "5"], /absent\.tif/);
  await fails(["microscope", "--blinks", "0"], /at least 1/);
  await fails(["microscope", "--set-point", "5"], /--set-point: expected --rehearse with it/);
  await fails(["microscope", "--rehearse", join(home, "r"), "--frames", "9"], /--frames.*--rehearse/);
});

test("a rehearsal writes its report, and replaces only another one", async (t) => {
  const home = temporaryFolder(t);
  const folder = join(home, "rehearsal");
  const args = ["microscope", "--rehearse", folder, "--seconds", "1", "-m", RANDOM_MODEL];
  const first = await runCommand(args, home);
  assert.equal(first.code, 0, first.stderr);
  for (const way of ["constant light", "PI on the true count", "PI on the count of"]) {
    assert.ok(first.stdout.includes(way), first.stdout);
  }
  for (const name of ["seconds.csv", "summary.csv", "rehearsal.html"])
    assert.ok(existsSync(join(folder, name)));
  assert.match(readFileSync(join(folder, "summary.csv"), "utf8"), /^way,settling_s,/);
  assert.match((await runCommand(args, home)).stderr, /--force/);
  assert.equal((await runCommand([...args, "--force"], home)).code, 0);
});

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Command } from "commander";
import { evaluate } from "../../src/api/evaluate.js";
import { FCN } from "../../src/api/fcn.js";
import { simulateInto } from "../../src/api/simulate.js";
import { packageRoot } from "../../src/base/home.js";
import { withEngineOptions } from "../../src/cli/engine-option.js";
import type { ServerUrls } from "../../src/engine/engine.js";
import { encodeModel, readModel } from "../../src/formats/registry.js";
import { triton } from "../../src/formats/triton.js";
import { createStackWriter } from "../../src/frames/stack-writer.js";
import { collect } from "../support/collect.js";
import { finished, runCommand, startCommand } from "../support/command.js";
import { startInferenceServer, type TestServer } from "../support/inference-server.js";
import { spotStack } from "../support/spot-frames.js";
import { temporaryFolder } from "../support/temporary.js";

/** A model that says how far its counts are to be trusted: what holds for a frame follows from those before it. */
const MODEL = join(packageRoot, "models", "defcon-fast.onnx");
const FRAMES = 100;

/** What is opened in `before` is closed after the file's tests. */
const open: (() => void | Promise<void>)[] = [];
const WHOLE_FILE = { after: (close: () => void | Promise<void>) => void open.push(close) };
after(() => Promise.all(open.map((close) => close())));

const folder = temporaryFolder({ after });
const [stack, whole] = [join(folder, "spots.tif"), join(folder, "whole")];
let graph: Uint8Array;
let servers: TestServer[];

/** A server. @param before what it waits for before it counts */
const serve = (before?: () => Promise<void> | undefined) =>
  startInferenceServer(WHOLE_FILE, graph, {
    ...{ input: "normalised", name: "defcon-fast" },
    ...(before && { before }),
  });

before(async () => {
  const { width, height, pixels, frames } = spotStack();
  const writer = await createStackWriter(stack, { width, height, frames: FRAMES, force: false });
  for (let i = 0; i < FRAMES; i++) await writer.write(await pixels((i * 7) % frames));
  await writer.finish();
  const model = await readModel(MODEL);
  graph = (await encodeModel(model, triton, { input: "normalised" })).get("defcon-fast/1/model.onnx")!;
  // The first server's batches wait until the second has one, which so overtakes the first.
  let overtake: () => void = () => undefined;
  const overtaken = new Promise<void>((resolve) => {
    overtake = resolve;
  });
  let [ofFirst, ofSecond] = [0, 0];
  servers = [
    await serve(() => (ofFirst++ === 0 ? undefined : overtaken)),
    await serve(async () => {
      // Before its batches, a server counts the trial.
      if (++ofSecond === 2) overtake();
    }),
  ];
  mkdirSync(whole);
  const { code, stderr } = await runCommand(["predict", stack, "-m", MODEL, "-o", whole], folder);
  assert.equal(code, 0, stderr);
});

const urls = () => servers.map(({ url }) => url).join(",");

test("a recording that two servers count gives the files of the local run, byte for byte", async () => {
  const output = join(folder, "remote");
  const { code, stderr } = await runCommand(
    ["predict", stack, "-m", MODEL, "-o", output, "--engine", urls()],
    folder,
  );
  assert.equal(code, 0, stderr);
  assert.match(
    stderr,
    /engine remote on http:\/\/127\.0\.0\.1:\d+, http:\/\/127\.0\.0\.1:\d+: the Open Inference Protocol/,
  );
  for (const name of ["spots.counts.csv", "spots.density.tif"]) {
    assert.ok(readFileSync(join(output, name)).equals(readFileSync(join(whole, name))), name);
  }
  for (const { batches } of servers) assert.ok(batches.length > 1, String(batches));
});

test("a program counts on servers as on this machine", async () => {
  const here = await FCN.fromFile(MODEL);
  const there = await FCN.fromFile(MODEL, { engine: servers[0]!.url as ServerUrls });
  try {
    assert.deepEqual(there.engine, { name: "remote", device: servers[0]!.url });
    const counts = async (model: FCN) => collect(model.stream(stack, { density: false }));
    assert.deepEqual(await counts(there), await counts(here));
  } finally {
    await here.close();
    await there.close();
  }
});

test("an evaluation on a server writes the tables of the local one", async () => {
  const data = join(folder, "data");
  mkdirSync(data);
  await simulateInto(data, { frames: 5, width: 32, height: 32, density: 1 }, { seed: 2 });
  const [here, there] = [join(folder, "evaluated-here"), join(folder, "evaluated-there")];
  await evaluate([MODEL], data, { output: here });
  await evaluate([MODEL], data, { output: there, engine: servers[0]!.url as ServerUrls });
  for (const name of ["frames.csv", "summary.csv"]) {
    assert.ok(readFileSync(join(there, name)).equals(readFileSync(join(here, name))), name);
  }
});

test("Ctrl-C ends a count at once whose server does not answer", async (t) => {
  let asked: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const slow = await startInferenceServer(t, graph, {
    input: "normalised",
    name: "defcon-fast",
    onInfer(_request, _response, earlier) {
      if (earlier === 0) return false;
      asked();
      return true;
    },
  });
  const command = startCommand(
    ["predict", stack, "-m", MODEL, "-o", join(folder, "cancelled"), "--engine", slow.url],
    folder,
  );
  const end = finished(command);
  await begun;
  command.kill("SIGINT");
  const { code, stderr } = await end;
  assert.match(stderr, /cancelled; the stack that was being counted left no files/);
  assert.notEqual(code, 0);
});

test("options of servers are checked before anything is counted", () => {
  for (const [args, message] of [
    [["--engine", "https://me:secret@host"], /--engine-token/],
    [["--engine", "gpu"], /Expected one of auto, onnxruntime, tensorflow, or URLs of servers/],
    [["--engine-timeout", "0"], /a number of seconds above 0/],
  ] as const) {
    const command = withEngineOptions(new Command())
      .exitOverride()
      .configureOutput({ writeErr: () => undefined });
    assert.throws(() => command.parse([...args], { from: "user" }), message);
  }
});

test("messages about servers name the command line's own flags", async () => {
  const { code, stderr } = await finished(startCommand(["predict", stack, "--or-local"], folder));
  assert.equal(code, 1);
  assert.match(
    stderr,
    /--or-local: expected URLs of servers in --engine with it, found none \[INPUT_OPTION\]/,
  );
});

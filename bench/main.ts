import { join } from "node:path";
import { parseArgs } from "node:util";
import { packageRoot } from "../src/base/home.js";
import type { Device } from "../src/engine/engine.js";
import { startEngine } from "../src/engine/engines.js";
import { startOnnxRuntime } from "../src/engine/onnxruntime.js";
import { ARCHITECTURES } from "../src/model/architectures.js";
import { Predictor } from "../src/predict/predictor.js";
import { newRecording } from "../src/predict/recording-certainty.js";
import { type BenchDaemon, startBenchDaemon } from "./daemon.js";
import { BATCHES, batchTime, MAX_PIXELS, SIDES } from "./device.js";
import { bareEngine, bareFrames, wholeFrames } from "./engine.js";
import { ENGINE_WORK, type EngineTimes, engineProcess } from "./engines.js";
import { spotsFrame } from "./frames.js";
import { latencies } from "./latency.js";
import { doorTimes } from "./open-inference.js";
import { frameCost, intensity } from "./roofline.js";
import { simulatedOverFile } from "./simulated.js";
import { best, median, timed } from "./statistics.js";
import { tensorFlowTimes, withoutTensorFlow } from "./tensorflow.js";
import { timesToLoss } from "./to-loss.js";
import { trainingMemory, trainingSteps } from "./training.js";

/** The benchmarks: ratios of things measured in turns in one run. Absolute times hold for the machine of the moment only. */
const { values: options, positionals: parts } = parseArgs({
  options: {
    model: { type: "string", default: join(packageRoot, "test", "data", "model", "random_defcon.h5") },
    python: { type: "string", default: join(packageRoot, ".oracle-venv", "bin", "python") },
    frames: { type: "string", default: "10000" },
    samples: { type: "string", default: "50000" },
    device: { type: "string" },
  },
  allowPositionals: true,
});

/** The parts, each by a name that can be given on the command line; all without one. */
const PARTS: Record<string, () => Promise<void>> = {
  daemon: benchDaemon,
  "open-inference": doorOverWire,
  latency: latencyOverEngine,
  engine: engineOverTensorFlow,
  engines: enginesSideBySide,
  fast: fastOverDefcon,
  certainty: withCertaintyOverWithout,
  training: trainingOverTensorFlow,
  "training-memory": trainingResident,
  simulated: trainingOnSimulated,
  roofline: costOfFrames,
  device: deviceOverCpu,
};
/** Parts that run only when they are named: they take minutes. */
const NAMED_PARTS: Record<string, () => Promise<void>> = { "to-loss": timeToLoss };
for (const [name, part] of Object.entries(NAMED_PARTS)) if (parts.includes(name)) await part();
for (const [name, part] of Object.entries(PARTS)) {
  if (parts.length === 0 || parts.includes(name)) await part();
}

async function benchDaemon(): Promise<void> {
  const daemon = await startBenchDaemon(options.model);
  try {
    await daemonOverEngine(daemon);
    await frameRates(daemon);
    await memory(daemon, Number(options.frames));
  } finally {
    await daemon.stop();
  }
}

/** The same frames through the door of the Open Inference Protocol, in turns with the wire. */
async function doorOverWire(): Promise<void> {
  for (const { side, density, wire, http, grpc } of await doorTimes(options.model)) {
    const what = `${side}x${side}, ${density ? "counts and maps" : "counts alone"}`;
    row(
      `Open Inference by HTTP ÷ wire, ${what}`,
      ratio(http, wire),
      `${http.toFixed(0)} ÷ ${wire.toFixed(0)} ms`,
    );
    row(
      `Open Inference by gRPC ÷ wire, ${what}`,
      ratio(grpc, wire),
      `${grpc.toFixed(0)} ÷ ${wire.toFixed(0)} ms`,
    );
  }
}

/** From the copy of a camera's frame to its count. */
async function latencyOverEngine(): Promise<void> {
  const daemon = await startBenchDaemon(options.model);
  try {
    for (const { camera, density, latency, engine, resting, counted } of await latencies(
      daemon,
      options.model,
    )) {
      row(
        `latency ÷ engine, camera ${camera}, ${density ? "counts and maps" : "counts alone"}`,
        ratio(latency, engine),
        `${latency.toFixed(1)} ÷ ${engine.toFixed(1)} ms, ${(100 * counted).toFixed(0)} % counted, bar ${camera === "slower" ? 1.2 : 1.35}`,
      );
      row(
        "the same ÷ engine at the camera's rate",
        ratio(latency, resting),
        `${latency.toFixed(1)} ÷ ${resting.toFixed(1)} ms`,
      );
    }
  } finally {
    await daemon.stop();
  }
}

/** A training step of each stage, 32 frames of 64x64, in turns with TensorFlow's. */
async function trainingOverTensorFlow(): Promise<void> {
  const steps = await trainingSteps(await startOnnxRuntime());
  const reason = withoutTensorFlow(options.python);
  const ours: Record<keyof typeof steps, number[]> = { segmentation: [], density: [] };
  const theirs: Record<keyof typeof steps, number[]> = { segmentation: [], density: [] };
  for (let turn = 0; turn < 3; turn++) {
    for (const stage of ["segmentation", "density"] as const)
      ours[stage].push(...(await timed(30, steps[stage])));
    if (reason) continue;
    const times = await tensorFlowTimes(options.python);
    theirs.segmentation.push(times.train_seg_ms);
    theirs.density.push(times.train_density_ms);
  }
  for (const stage of ["segmentation", "density"] as const) {
    const title = `${stage} step, 32 of 64x64 ÷ TensorFlow`;
    const mine = best(ours[stage]);
    if (reason) row(title, `not measured: ${reason}`, `${mine.toFixed(1)} ms`);
    else
      row(
        title,
        ratio(mine, best(theirs[stage])),
        `${mine.toFixed(1)} ÷ ${best(theirs[stage]).toFixed(1)} ms, bar 1.5, goal 1.0`,
      );
  }
}

/** Training on samples that are simulated for each step, in turns with training on a file of such samples. */
async function trainingOnSimulated(): Promise<void> {
  const { simulated, file } = await simulatedOverFile(await startOnnxRuntime());
  const [ours, theirs] = [median(simulated), median(file)];
  row(
    "training on simulated samples ÷ on a file",
    ratio(ours, theirs),
    `${ours.toFixed(0)} ÷ ${theirs.toFixed(0)} samples/s, bar 0.9`,
  );
}

/** Time to the same validation loss, four seeds, in turns with TensorFlow. */
async function timeToLoss(): Promise<void> {
  const reason = withoutTensorFlow(options.python);
  if (reason) return row("time to a validation loss ÷ TensorFlow", `not measured: ${reason}`);
  for (const { stage, target, ours, theirs } of await timesToLoss(options.python)) {
    const seconds = (times: number[]) => times.map((time) => time.toFixed(1)).join(" ");
    row(
      `${stage}, time to a validation loss of ${target.toPrecision(3)} ÷ TensorFlow`,
      ratio(median(ours), median(theirs)),
      `s: ${seconds(ours)} ÷ ${seconds(theirs)}, goal 1.0`,
    );
  }
}

/** What frames cost in operations and bytes, whatever computes them. */
async function costOfFrames(): Promise<void> {
  for (const name of ["defcon", "defcon-fast"]) {
    for (const side of SIDES) {
      const cost = frameCost(ARCHITECTURES.get(name)!, side);
      row(
        `${name}, ${side}x${side}`,
        `${(cost.flops / 1e9).toPrecision(3)} GFLOP, ${(cost.mapBytes / 1e6).toPrecision(3)} MB of maps`,
        `${BATCHES.map((batch) => `${intensity(cost, batch).toFixed(1)} at ${batch}`).join(", ")} FLOP a byte`,
      );
    }
  }
}

/** Frames a second on a device, and a training step, in turns with the CPU. */
async function deviceOverCpu(): Promise<void> {
  const { device } = options;
  if (device === undefined) return row("frames a second on a device", "not measured: name one with --device");
  const engines = [await startEngine("onnxruntime", device as Device), await startOnnxRuntime("cpu")];
  row("device", engines[0]!.device, engines[0]!.reason);
  for (const name of ["defcon", "defcon-fast"]) {
    for (const side of SIDES) {
      const cost = frameCost(ARCHITECTURES.get(name)!, side);
      for (const batch of BATCHES.filter((each) => each * side * side <= MAX_PIXELS)) {
        const there = await batchTime(engines[0]!, name, side, batch);
        const here = await batchTime(engines[1]!, name, side, batch);
        const [flops, bytes] = [batch * cost.flops, batch * cost.mapBytes + cost.weightBytes];
        row(
          `${name}, ${side}x${side}, batches of ${batch}, frames a second`,
          `${((1000 * batch) / there).toFixed(0)}, ${ratio(here, there)} times the CPU's`,
          `${(flops / there / 1e9).toFixed(2)} TFLOP/s, ${(bytes / there / 1e6).toFixed(0)} GB/s`,
        );
      }
    }
  }
  const [there, here] = [await trainingSteps(engines[0]!), await trainingSteps(engines[1]!)];
  for (const stage of ["segmentation", "density"] as const) {
    const [ours, theirs] = [best(await timed(30, there[stage])), best(await timed(10, here[stage]))];
    row(
      `${stage} step, 32 of 64x64`,
      `${ours.toFixed(2)} ms, ${ratio(theirs, ours)} times as fast as the CPU's`,
    );
  }
}

async function trainingResident(): Promise<void> {
  const readings = await trainingMemory(Number(options.samples));
  const at = (share: number) => readings[Math.floor(share * (readings.length - 1))];
  const course = [0.1, 0.25, 0.5, 0.75, 1].map(at).join(" ");
  row(
    `training's memory over ${options.samples} frames of 64x64, MB`,
    course,
    `most ${Math.max(...readings)}, bar 1000`,
  );
}

/** A 512x512 frame through the daemon and back, one at a time, in turns with the engine alone. */
async function daemonOverEngine(daemon: BenchDaemon): Promise<void> {
  const engine = await bareEngine(options.model, 512);
  const stream = await daemon.openStream(512);
  const [alone, there, both]: [number[], number[], number[]] = [[], [], []];
  // The first frames of a recording are judged one by one, which takes longer.
  await timed(80, () => stream.roundTrip());
  for (let turn = 0; turn < 12; turn++) {
    alone.push(...(await timed(10, engine.predict)));
    there.push(...(await timed(10, () => stream.roundTrip())));
    both.push(...(await timed(1, () => stream.pipelined(10))).map((ms) => ms / 10));
  }
  await stream.close();
  row("engine alone, 512x512", `${median(alone).toFixed(2)} ms`);
  row("daemon round trip ÷ engine alone", ratio(median(there), median(alone)), "goal 1.15");
  row("daemon, frames under way ÷ engine alone", ratio(median(both), median(alone)));
}

/** TensorFlow's best time and the engine's, normalisation included on both sides. */
async function engineOverTensorFlow(): Promise<void> {
  const reason = withoutTensorFlow(options.python);
  if (reason) return row("engine ÷ TensorFlow, 512x512", `not measured: ${reason}`);
  const engine = await bareEngine(options.model, 512);
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < 2; turn++) {
    ours.push(...(await timed(40, engine.normaliseAndPredict)));
    theirs.push((await tensorFlowTimes(options.python)).infer_512_ms);
  }
  ours.push(...(await timed(40, engine.normaliseAndPredict)));
  row(
    "engine ÷ TensorFlow, 512x512",
    ratio(best(ours), best(theirs)),
    `${best(ours).toFixed(2)} ÷ ${best(theirs).toFixed(2)} ms, bar 0.9`,
  );
}

/** The two engines in turns, each in a process of its own. */
async function enginesSideBySide(): Promise<void> {
  const tensorFlow = await engineProcess("tensorflow", options.model).catch(() => undefined);
  if (!tensorFlow) return row("tensorflow ÷ onnxruntime", "not measured: no binding, as said above");
  const engines = [tensorFlow, await engineProcess("onnxruntime", options.model)];
  const times = engines.map((): EngineTimes => ({ frame: [], segmentation: [], density: [] }));
  for (let turn = 0; turn < 4; turn++) {
    for (const [i, engine] of engines.entries()) {
      const measured = await engine.measure();
      for (const work of ENGINE_WORK) times[i]![work].push(...measured[work]);
    }
  }
  await Promise.all(engines.map((engine) => engine.close()));
  const titles = { frame: "frame of 512x512", segmentation: "segmentation step", density: "density step" };
  for (const work of ENGINE_WORK) {
    const [theirs, ours] = times.map((each) => median(each[work])) as [number, number];
    row(
      `tensorflow ÷ onnxruntime, ${titles[work]}`,
      ratio(theirs, ours),
      `${theirs.toFixed(1)} ÷ ${ours.toFixed(1)} ms`,
    );
  }
}

/** The two shipped networks in turns, one open at a time: the engine alone, and whole frames as `predict` counts them. */
async function fastOverDefcon(): Promise<void> {
  const paths = ["defcon-fast", "defcon"].map((name) => join(packageRoot, "models", `${name}.onnx`));
  for (const [what, open] of Object.entries({ "engine alone": bareFrames, "frames counted": wholeFrames })) {
    const times: number[][] = paths.map(() => []);
    for (let turn = 0; turn < 4; turn++) {
      for (const [i, path] of paths.entries()) {
        const frames = await open(path);
        times[i]!.push(...(await frames.time(30)));
        await frames.close();
      }
    }
    const [ours, theirs] = times.map(median) as [number, number];
    row(
      `defcon-fast ÷ defcon, 512x512, ${what}`,
      ratio(ours, theirs),
      `${ours.toFixed(2)} ÷ ${theirs.toFixed(2)} ms; ${(1000 / ours).toFixed(0)} frames a second`,
    );
  }
}

/**
 * What it costs to say how far the counts of a long recording are to be trusted: frames counted with
 * it and without, in turns.
 */
async function withCertaintyOverWithout(): Promise<void> {
  for (const name of ["defcon", "defcon-fast"]) {
    const predictor = await Predictor.start();
    const model = await predictor.load(join(packageRoot, "models", `${name}.onnx`));
    for (const [side, times] of [
      [64, 400],
      [256, 80],
      [512, 25],
    ] as const) {
      const frame = spotsFrame(side);
      const taken: Record<"with" | "without", number[]> = { with: [], without: [] };
      const recording = newRecording();
      let index = 0;
      for (let turn = 0; turn < 9; turn++) {
        for (const part of ["with", "without"] as const) {
          const wanted = { density: false, maxLocalCount: true, pool: 7, certainty: part === "with" };
          const count = () =>
            model.predict(
              {
                ...{ width: side, height: side, count: 1, pixels: frame.slice() },
                parts: [{ recording, first: index++, frames: 1 }],
              },
              wanted,
            );
          const spent = await timed(times, count);
          // The first turn is the compiler's. Of the others, means count: one frame in many takes long.
          if (turn > 0) taken[part].push(spent.reduce((sum, time) => sum + time) / times);
        }
      }
      const [ours, theirs] = [median(taken.with), median(taken.without)];
      row(
        `${name}, ${side}x${side}, with certainty ÷ without`,
        ratio(ours, theirs),
        `${ours.toFixed(2)} ÷ ${theirs.toFixed(2)} ms`,
      );
    }
    await predictor.close();
  }
}

async function frameRates(daemon: BenchDaemon): Promise<void> {
  for (const [side, frames] of [
    [64, 2000],
    [256, 300],
    [512, 80],
  ] as const) {
    const one = await daemon.framesPerSecond(side, 1, frames);
    const four = await daemon.framesPerSecond(side, 4, frames);
    row(
      `frames a second, ${side}x${side}`,
      `one client ${one.toFixed(0)}, four ${four.toFixed(0)}`,
      ratio(four, one),
    );
  }
}

/** The daemon's resident memory while frames flow. */
async function memory(daemon: BenchDaemon, frames: number): Promise<void> {
  const stream = await daemon.openStream(128);
  const readings: string[] = [];
  for (let part = 0; part < 10; part++) {
    await stream.pipelined(frames / 10);
    readings.push(String(daemon.residentMegabytes()));
  }
  await stream.close();
  row(`daemon's memory over ${frames} frames of 128x128, MB`, readings.join(" "));
}

function ratio(a: number, b: number): string {
  return (a / b).toFixed(3);
}

function row(what: string, value: string, note = ""): void {
  console.log(`${what.padEnd(52)} ${value}${note && `   (${note})`}`);
}

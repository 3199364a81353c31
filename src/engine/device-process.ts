// A program of its own that automatic-device.ts starts with a device; it sends how the device did.
import { EngineError, messageOf } from "../base/errors.js";
import { ARCHITECTURES } from "../model/architectures.js";
import { elementCount, type Model, weightSpecs } from "../model/weights.js";
import type { DeviceTrial } from "./automatic-device.js";
import type { Engine } from "./engine.js";
import { type NamedDevice, startOnnxRuntime } from "./onnxruntime.js";
import { runTrial } from "./trial.js";

/** Side of the frame that is timed, pixels: a usual region of a camera. */
const SIDE = 256;
/** Frames that are timed; the shortest time counts, which others' work disturbs least. */
const TIMED = 5;
/** A device whose first frame takes so many times the CPU's time is not timed further. */
const HOPELESS = 5;

// Once the answer is sent, or the process that asked has ended.
process.once("disconnect", () => process.exit());

const answer = await trialOf(process.argv[2] as NamedDevice).catch(
  (cause: unknown): DeviceTrial => ({
    trouble: cause instanceof EngineError ? (cause.trouble.found ?? cause.finding) : messageOf(cause),
  }),
);
process.send!(answer, () => process.disconnect());

async function trialOf(device: NamedDevice): Promise<DeviceTrial> {
  const engine = await startOnnxRuntime(device);
  const { error, isRight } = await runTrial(engine);
  const cpuMs = await frameTime(await startOnnxRuntime("cpu"));
  return { error, isRight, ms: await frameTime(engine, HOPELESS * cpuMs), cpuMs };
}

/**
 * Time of a frame through the network that the shipped models are of, ms.
 * @param enough a time after which no further frame is timed, ms
 */
async function frameTime(engine: Engine, enough = Number.POSITIVE_INFINITY): Promise<number> {
  const network = await engine.prepare(blank());
  const frame = new Float32Array(SIDE * SIDE);
  const times: number[] = [];
  for (let run = 0; run <= TIMED && !((times[0] ?? 0) > enough); run++) {
    const began = performance.now();
    await network.predict(frame, [1, SIDE, SIDE]);
    // The first run also loads and plans.
    if (run > 0) times.push(performance.now() - began);
  }
  await network.dispose();
  return Math.min(...times);
}

/** A model without weights: the time does not depend on them. */
function blank(): Model {
  const architecture = ARCHITECTURES.get("defcon")!;
  const weights = weightSpecs(architecture).map(
    ({ name, shape }) => [name, { shape, data: new Float32Array(elementCount(shape)) }] as const,
  );
  return { architecture, weights: new Map(weights), provenance: {}, pool: 1 };
}

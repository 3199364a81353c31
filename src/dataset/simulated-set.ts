import { Random } from "../base/random.js";
import { type ArrayWriter, DatasetWriter } from "./dataset-writer.js";
import { type GroupName, SET_GROUPS } from "./layout.js";
import { type SimulatedSetPlan, samplesOf } from "./simulated-plan.js";
import { type SetFrame, simulatedRun } from "./simulated-run.js";
import { stepByStep, type WorkOptions } from "./work.js";

/**
 * Simulates a training set, with its samples in random order, and returns their number.
 * A batch then holds frames of many simulations.
 * @param options a step is a simulation; with `force` an earlier training set is replaced
 * @throws InputError INPUT_OPTION for settings that contradict each other, OUTPUT_WRITE,
 * OUTPUT_EXISTS; DefconError CANCELLED
 */
export async function writeSimulatedSet(
  path: string,
  plan: SimulatedSetPlan,
  { force, ...options }: WorkOptions & { force?: boolean | undefined } = {},
): Promise<number> {
  const { seed, runs, side } = plan;
  const { framesPerSample, samplesOfRun } = samplesOf(plan);
  const samples = runs * samplesOfRun;
  const order = new Random(seed, "order").permutation(samples);
  const writer = await DatasetWriter.create(path, force);
  try {
    const shape = { framesPerSample, height: side, width: side };
    const arrays = Object.fromEntries(
      SET_GROUPS.map((group) => [group, writer.addArray(group, group, samples, shape)]),
    ) as Record<GroupName, ArrayWriter>;
    const put = sampleWriter(arrays, side, framesPerSample);
    await stepByStep(runs, options, async (run) => {
      for await (const set of simulatedRun(plan, run, options.signal && { signal: options.signal })) {
        put(order[run * samplesOfRun + set.sample]!, set);
      }
    });
    await writer.commit();
  } catch (error) {
    await writer.abort();
    throw error;
  }
  return samples;
}

/** Puts a frame into its sample. The sample's last frame completes it. */
type PutFrame = (sample: number, set: SetFrame) => void;

function sampleWriter(
  arrays: Record<GroupName, ArrayWriter>,
  side: number,
  framesPerSample: number,
): PutFrame {
  const size = side * side;
  const inputs = new Float64Array(framesPerSample * size);
  const densities = new Float64Array(framesPerSample * size);
  const segmentations = new Int8Array(framesPerSample * size);
  return (sample, { frame, input, density, segmentation }) => {
    inputs.set(input, frame * size);
    densities.set(density, frame * size);
    segmentations.set(segmentation, frame * size);
    if (frame < framesPerSample - 1) return;
    arrays.input.write(sample, inputs);
    arrays.target.write(sample, densities);
    arrays.seg_map.write(sample, segmentations);
  };
}

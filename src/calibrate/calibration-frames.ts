import { Random } from "../base/random.js";
import { KINDS, type Kind } from "../certainty/kinds.js";
import { FULL_SCALE } from "../dataset/arrays.js";
import { drawsAtSide, type SimulatedSetPlan } from "../dataset/simulated-plan.js";
import { simulatedRun } from "../dataset/simulated-run.js";
import type { Frame } from "../frames/frame.js";
import { countsOf } from "../predict/counts.js";
import type { DrawnSettings } from "../simulate/drawn-settings.js";
import { filteredFrame, saturatedFrame } from "./spoilt-frames.js";

/** A simulated frame that certainty is learnt from. */
export interface CalibrationFrame {
  kind: Kind;
  image: Frame;
  truth: { count: number; maxLocalCount: number };
  /** Share of all frames that are drawn, this one included. */
  share: number;
}

export interface CalibrationOptions {
  /** Number of frames like those of the training. Each other kind has a share of this number. */
  frames: number;
  /** Side of the square of the max local count, pixels. */
  pool: number;
  signal?: AbortSignal;
}

/** Frames of each simulation; more would be too similar. */
const FRAMES_OF_RUN = 2;
/** Frames of each other kind, relative to the usual ones. */
const SHARE_OF_KIND = 0.3;
/**
 * Larger simulations: how many times the plan's side, and one in how many. Errors grow with the
 * frame.
 */
const SIZES = [
  { times: 4, every: 20 },
  { times: 2, every: 5 },
] as const;
/** Longest side; larger ones take too long. Sides that a plan has no pictures for are left out. */
const MOST_SIDE = 512;
/** Least molecules in a frame of another kind; fewer do not show what is wrong. */
const LEAST_SPOTS = 4;
/** Simulations without enough molecules after which a kind is given up. */
const MOST_TRIES = 40;

/** Light at which faults of spots can be seen. */
const CLEAR = { snr: { logUniform: [8, 50] } } as const;

/** The settings that turn a plan's frames into those of a kind. */
const CHANGES: Record<Kind, readonly DrawnSettings[]> = {
  usual: [{}],
  doubled: [
    {
      lobes: { uniform: [500, 1_100] },
      astigmatism: 0,
      zMin: { uniform: [-500, 0] },
      zMax: { uniform: [0, 500] },
      ...CLEAR,
      density: { logUniform: [0.02, 0.3] },
      structure: "uniform",
    },
  ],
  elongated: [1, -1].map((sign) => ({
    astigmatism: { uniform: sign > 0 ? [300, 600] : [-600, -300] } as const,
    zMin: { uniform: [-700, -200] } as const,
    zMax: { uniform: [200, 700] } as const,
    ...CLEAR,
    density: { logUniform: [0.03, 0.8] } as const,
  })),
  unfocused: [
    {
      pixelSize: { uniform: [65, 120] },
      psfSigma: { logUniform: [350, 800] },
      ...CLEAR,
      density: { logUniform: [0.03, 0.5] },
      zMin: 0,
      zMax: 0,
    },
  ],
  saturated: [{}],
  filtered: [{}],
};

/**
 * Draws frames like those a plan trains with, and frames of other kinds with the same settings.
 * No training by the plan sees these frames.
 * @throws InputError INPUT_OPTION for settings that contradict each other; DefconError CANCELLED
 */
export async function* calibrationFrames(
  plan: SimulatedSetPlan,
  { frames, pool, signal }: CalibrationOptions,
): AsyncGenerator<CalibrationFrame> {
  const sizes: { times: number; every: number }[] = [];
  for (const size of SIZES) {
    const side = plan.side * size.times;
    if (side <= Math.max(MOST_SIDE, plan.side) && (await drawsAtSide(plan, side))) sizes.push(size);
  }
  for (const [k, kind] of KINDS.entries()) {
    const wanted = kind === "usual" ? frames : Math.ceil(SHARE_OF_KIND * frames);
    const mixtures = { ...plan.mixtures, [KIND_OF_FRAME]: entriesOf(kind) };
    const ofKind = { ...plan, mixtures, frames: FRAMES_OF_RUN, temporal: false };
    const options = { stream: ["calibration", kind], threads: 0, ...(signal && { signal }) };
    let [made, tries] = [0, 0];
    for (let run = 0; made < wanted && tries < MOST_TRIES; run++, tries++) {
      const times = sizes.find(({ every }) => run % every === every - 1)?.times ?? 1;
      const side = plan.side * times;
      const random = new Random(plan.seed, "calibration", kind, run);
      for await (const { input, density, count } of simulatedRun({ ...ofKind, side }, run, options)) {
        if (kind !== "usual" && count < LEAST_SPOTS) continue;
        const pixels = Float32Array.from(input, (value) => Math.round(value * FULL_SCALE.uint16));
        const image = spoilt(kind, { width: side, height: side, pixels }, count, random);
        const { maxLocalCount } = countsOf(Float32Array.from(density), side, side, pool);
        made++;
        yield { kind, image, truth: { count, maxLocalCount }, share: (k + made / wanted) / KINDS.length };
        tries = 0;
      }
    }
  }
}

/** Name of the mixture that makes a kind of frame. It comes last, so that its settings prevail. */
const KIND_OF_FRAME = "kind of frame";

function entriesOf(kind: Kind) {
  return CHANGES[kind].map((settings) => ({ share: 1 / CHANGES[kind].length, settings }));
}

function spoilt(kind: Kind, image: Frame, count: number, random: Random): Frame {
  if (kind === "saturated") return saturatedFrame(image, count, random);
  return kind === "filtered" ? filteredFrame(image, random) : image;
}

import { excessNoise } from "./measure/camera-fit.js";
import type { StackMeasurement } from "./measure/measurement.js";

/** A property by which a recording and its simulation are compared. */
export interface Likeness {
  title: string;
  unit: string;
  real: number;
  simulated: number;
  /** Simulated over real, minus 1. */
  difference: number;
}

/**
 * What is compared: everything that training frames must share with the recording.
 * Both are measured by the same means, so that an error of the means is the same in both.
 */
const COMPARED: readonly {
  title: string;
  unit: string;
  value(measured: StackMeasurement): number;
}[] = [
  { title: "width of a molecule's image (σ)", unit: "px", value: ({ psf }) => psf.sigma },
  { title: "light of a molecule in a frame", unit: "e⁻", value: ({ molecules }) => molecules.light },
  { title: "time that it is on", unit: "frames", value: ({ molecules }) => molecules.onTime },
  { title: "spots in a frame", unit: "1/µm²", value: ({ molecules }) => molecules.perFrame.middle },
  { title: "background", unit: "e⁻/px", value: ({ background }) => background.level },
  { title: "noise of the background", unit: "e⁻/px", value: backgroundNoise },
];

/** Standard deviation of a pixel without molecules, from light and camera, electrons. */
function backgroundNoise({ background, camera }: StackMeasurement): number {
  return Math.sqrt(
    excessNoise(camera.kind) * background.level + (camera.readNoise / camera.countsPerElectron) ** 2,
  );
}

/** Compares a recording with its simulation. */
export function likenesses(real: StackMeasurement, simulated: StackMeasurement): Likeness[] {
  return COMPARED.map(({ title, unit, value }) => {
    const [own, other] = [value(real), value(simulated)];
    return { title, unit, real: own, simulated: other, difference: other / own - 1 };
  });
}

/**
 * How much recording and simulation differ: the largest relative difference, 0 if all are equal.
 */
export function mismatch(compared: readonly Likeness[]): number {
  return Math.max(...compared.map(({ difference }) => Math.abs(difference)));
}

/** Mismatch from which a reader is warned, and from which no training is started. */
export const MISMATCH = { doubtful: 0.2, refused: 0.5 } as const;

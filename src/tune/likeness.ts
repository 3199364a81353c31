import { excessNoise } from "./measure/camera-fit.js";
import type { StackMeasurement } from "./measure/measurement.js";

/** A property that recording and simulation are compared by. */
export interface Likeness {
  title: string;
  unit: string;
  real: number;
  simulated: number;
  /** Simulated over real, less 1. */
  difference: number;
}

/** What is compared: everything that training frames must have in common with the recording. Each value is measured in both by the same means, so that what the means get wrong is wrong alike. */
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

/** Standard deviation of a pixel without molecules, electrons: of light and camera. */
function backgroundNoise({ background, camera }: StackMeasurement): number {
  return Math.sqrt(
    excessNoise(camera.kind) * background.level + (camera.readNoise / camera.countsPerElectron) ** 2,
  );
}

/** Compares a recording with what was simulated to be like it. */
export function likenesses(real: StackMeasurement, simulated: StackMeasurement): Likeness[] {
  return COMPARED.map(({ title, unit, value }) => {
    const [own, other] = [value(real), value(simulated)];
    return { title, unit, real: own, simulated: other, difference: other / own - 1 };
  });
}

/** The number that says whether they match: the largest of the relative differences, 0 where all are equal. */
export function mismatch(compared: readonly Likeness[]): number {
  return Math.max(...compared.map(({ difference }) => Math.abs(difference)));
}

/** A mismatch that a reader is told of, and one at which a training would learn something else than the recording. */
export const MISMATCH = { doubtful: 0.2, refused: 0.5 } as const;

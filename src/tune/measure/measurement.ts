/** What a user's own stack shows of its camera, optics, molecules and background. */
export interface StackMeasurement {
  /** Frames that were measured. */
  frames: number;
  /** Sides of the region that was measured, pixels. */
  width: number;
  height: number;
  /** Side of a pixel in the sample, nm. */
  pixelSize: number;
  camera: CameraMeasurement;
  psf: PsfMeasurement;
  molecules: MoleculeMeasurement;
  background: BackgroundMeasurement;
  spots: SpotCounts;
  /** Share of pixels at the largest value of their type, or in the flat top of the histogram. */
  saturated: number;
}

export interface CameraMeasurement {
  kind: "scmos" | "emccd";
  /** Mean counts (ADU) of a photoelectron, after the register. */
  countsPerElectron: number;
  /** Counts without light. */
  offset: number;
  /** Standard deviation of the read noise, ADU. */
  readNoise: number;
  /**
   * Standard deviation, between pixels, of what is constant in each beyond a smooth background,
   * ADU.
   */
  fixedPattern: number;
}

export interface PsfMeasurement {
  /** Standard deviation of molecules in focus, pixels, without the integration over a pixel. */
  sigma: number;
  /** Relative robust deviation of widths between molecules, without the fits' errors. */
  spread: number;
  /**
   * Half the range of z that explains the widths, nm; 0 if none is needed.
   * The simulator's defocus of a Gaussian is assumed.
   */
  depth: number;
  /** Typical ratio of a spot's wider axis to its narrower one, without noise; 1 is round. */
  elongation: number;
}

export interface MoleculeMeasurement {
  /**
   * Mean light of a molecule that is on for a whole frame, electrons.
   * It is the simulator's `photons` times the quantum efficiency.
   */
  light: number;
  /** Relative deviation of the light between molecules, without noise. */
  spread: number;
  /** Mean time on, frames. */
  onTime: number;
  /** Spots per square micrometre: 5th, 50th and 95th percentile over frames. */
  perFrame: { low: number; middle: number; high: number };
}

export interface BackgroundMeasurement {
  /** Mean, electrons per pixel. */
  level: number;
  /** Relative change from the first to the last frame. */
  change: number;
  /** Electrons above the offset, smooth. */
  image: { width: number; height: number; pixels: Float32Array };
}

export interface SpotCounts {
  found: number;
  /** Spots that are far from others and look like a molecule. */
  isolated: number;
  /** Molecules that were followed over more than one frame. */
  tracked: number;
}

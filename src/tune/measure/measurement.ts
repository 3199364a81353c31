/** What a user's own stack tells of the camera, the optics, the molecules and the background it was taken with. */
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
  /** Counts (ADU) that a photoelectron makes on average, after the register. */
  countsPerElectron: number;
  /** Counts without light. */
  offset: number;
  /** Standard deviation, ADU. */
  readNoise: number;
  /** Standard deviation between pixels of what stays over time, beyond a smooth background, ADU. */
  fixedPattern: number;
}

export interface PsfMeasurement {
  /** Standard deviation of molecules in focus, pixels, without what the integration over a pixel adds. */
  sigma: number;
  /** Relative robust deviation of widths between molecules, beyond that of the fit. */
  spread: number;
  /** Half the range of z that explains the widths with the simulator's defocus of a Gaussian, nm; 0 where none is needed. */
  depth: number;
  /** Typical ratio of a spot's wider to its narrower axis, beyond noise; 1 is round. */
  elongation: number;
}

export interface MoleculeMeasurement {
  /** Mean light of a molecule that is on for a whole frame, electrons: the simulator's `photons` times the quantum efficiency. */
  light: number;
  /** Relative deviation of it between molecules, beyond noise. */
  spread: number;
  /** Mean time on, frames. */
  onTime: number;
  /** Spots in a square micrometre: 5th, 50th and 95th percentile of frames. */
  perFrame: { low: number; middle: number; high: number };
}

export interface BackgroundMeasurement {
  /** Mean, electrons a pixel. */
  level: number;
  /** Relative change from the first to the last frame. */
  change: number;
  /** Electrons above the offset, smooth. */
  image: { width: number; height: number; pixels: Float32Array };
}

export interface SpotCounts {
  found: number;
  /** Of these, how many are far from others and look like a molecule. */
  isolated: number;
  /** Molecules that were followed over more than one frame. */
  tracked: number;
}

import { settingsOf } from "../../src/simulate/presets.js";
import type { SimulationSettings } from "../../src/simulate/settings.js";

/** One condition of the benchmark. */
export interface AccuracyCondition {
  /** Also the name of its folder and its row. */
  name: string;
  settings: SimulationSettings;
}

/** Seeds of the conditions are this and the next ones. The recipe of the shipped models uses none of them. */
export const FIRST_SEED = 990_001;

/** Frames of one size that each condition is measured on. */
export interface FrameSize {
  /** Pixels. */
  side: number;
  frames: number;
  /** Seed of the first condition; the next ones follow. */
  firstSeed: number;
}

/** The sizes: small crops, the size of most stacks that are counted live, and whole fields of view. */
export const SIZES: readonly FrameSize[] = [
  { side: 64, frames: 100, firstSeed: FIRST_SEED + 100 },
  { side: 128, frames: 100, firstSeed: FIRST_SEED },
  { side: 256, frames: 20, firstSeed: FIRST_SEED + 200 },
];

/** The sizes with few frames: candidates are told apart, figures are not final. */
export const QUICK_SIZES: readonly FrameSize[] = SIZES.map((size) => ({
  ...size,
  frames: size.side > 128 ? 5 : 20,
}));

/** Frames of a condition, and their side in pixels, where no {@link FrameSize} says otherwise. */
const [FRAMES, SIDE] = [100, 128];

/** Two microscopes, and emitters that stay on for three frames. */
const EMITTERS = { exposure: 0.03, onTime: 0.1, offTime: 2, brightnessSpread: 0.2, snr: 10, density: 0.5 };
const MICROSCOPES = {
  "100 nm sCMOS": settingsOf("100nm-scmos", { ...EMITTERS, psfSigma: 115, background: 30 }),
  "160 nm EMCCD": settingsOf("160nm-emccd", { ...EMITTERS, psfSigma: 125, background: 15 }),
} as const;

type Changes = Partial<SimulationSettings>;

const DENSITIES = [0.05, 0.2, 0.5, 1, 2, 5];
/** At 0.5 emitters/µm²; 10 is among the densities. */
const SIGNALS = [2, 3, 5, 20];

const CLUSTERS: Changes = { structure: "clusters", structureDensity: 0.15, structureSize: 150 };
const UNEVEN: Changes = {
  unevenness: 0.6,
  backgroundDrift: -0.4,
  autofluorescence: 60,
  cells: 3,
  cellSize: 6,
};
const THICK: Changes = { zMin: -600, zMax: 600, haze: 0.3 };

const OTHERS: [keyof typeof MICROSCOPES, string, Changes][] = [
  ["100 nm sCMOS", "uneven background", UNEVEN],
  ["160 nm EMCCD", "uneven background", UNEVEN],
  ["100 nm sCMOS", "dense clusters", CLUSTERS],
  ["160 nm EMCCD", "dense clusters", CLUSTERS],
  ["100 nm sCMOS", "out of focus", THICK],
  ["160 nm EMCCD", "out of focus", THICK],
  ["100 nm sCMOS", "filaments", { structure: "lines", structureDensity: 0.05, structureSize: 3_000 }],
  ["160 nm EMCCD", "rings", { structure: "rings", structureDensity: 0.1, structureSize: 500 }],
  ["100 nm sCMOS", "bright background", { background: 200 }],
  ["160 nm EMCCD", "bright background", { background: 200 }],
  ["100 nm sCMOS", "on for one frame", { onTime: 0.03 }],
  ["160 nm EMCCD", "on for 20 frames", { onTime: 0.6 }],
  ["100 nm sCMOS", "5 µm deep in water", { psf: "gibson-lanni", focusDepth: 5_000, zMin: -300, zMax: 300 }],
];

/** All conditions, in the order of the tables. */
export const CONDITIONS: readonly AccuracyCondition[] = Object.keys(MICROSCOPES).flatMap((name) => {
  const microscope = name as keyof typeof MICROSCOPES;
  return [
    ...DENSITIES.map((density) => even(microscope, density, EMITTERS.snr)),
    ...SIGNALS.map((snr) => even(microscope, EMITTERS.density, snr)),
    ...OTHERS.filter(([of]) => of === microscope).map(([, text, changes]) =>
      condition(microscope, text, changes),
    ),
  ];
});

/** Seeds of the blinking conditions are this and the next ones. */
export const FIRST_BLINKING_SEED = 991_001;

const BLINKING_FRAMES = 25;
/** Mean on-times, frames. */
const BLINKS = [0.5, 1, 2, 5];
const BLINK_DENSITIES = [0.2, 1];
const BLINK_SIGNALS = [4, 10];

/** What blinking makes of counts: for the network that sees three frames, beside one that sees each by itself. */
export const BLINKING: readonly AccuracyCondition[] = Object.keys(MICROSCOPES).flatMap((microscope) =>
  BLINK_SIGNALS.flatMap((snr) =>
    BLINK_DENSITIES.flatMap((density) =>
      BLINKS.map((frames) =>
        condition(
          microscope as keyof typeof MICROSCOPES,
          `${density} per µm², SNR ${snr}, on for ${frames} ${frames === 1 ? "frame" : "frames"}`,
          { density, snr, onTime: frames * EMITTERS.exposure },
          BLINKING_FRAMES,
        ),
      ),
    ),
  ),
);

/** A condition's settings for frames of a size. */
export function atSize({ settings }: AccuracyCondition, { side, frames }: FrameSize): SimulationSettings {
  return settingsOf(undefined, { ...settings, frames, width: side, height: side });
}

function even(microscope: keyof typeof MICROSCOPES, density: number, snr: number): AccuracyCondition {
  return condition(microscope, `${density} per µm², SNR ${snr}`, { density, snr });
}

function condition(
  microscope: keyof typeof MICROSCOPES,
  text: string,
  changes: Changes,
  frames = FRAMES,
): AccuracyCondition {
  const size = { frames, width: SIDE, height: SIDE };
  const settings = settingsOf(undefined, { ...MICROSCOPES[microscope], ...changes, ...size });
  return { name: `${microscope}, ${text}`, settings };
}

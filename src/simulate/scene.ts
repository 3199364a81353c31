import { InputError } from "../base/errors.js";
import { Random } from "../base/random.js";
import { brightnessOf } from "./brightness.js";
import { type DriftPath, driftPath } from "./drift.js";
import { Molecules, type OnInFrame, type PopulationSize } from "./molecules.js";
import { peakShareOf, pointSpreadOf } from "./point-spread.js";
import { GaussianPointSpread } from "./psf-gaussian.js";
import { uniformOpen } from "./random-variates.js";
import type { Block, EmitterColumns } from "./renderer.js";
import type { SimulationSettings } from "./settings.js";
import { type Area, type Place, placesInTurn, squareMicrometres, structureOf } from "./structures.js";

/** Pixels of a block, about: enough to be worth a message, few enough not to wait long. */
const BLOCK_PIXELS = 1 << 19;
/** Standard deviations of an image from which light still reaches the frame. */
const MARGIN_SIGMAS = 3;
/**
 * Distance outside the frame within which emitters are in the truth, pixels.
 * Their density reaches into the frame.
 */
export const TRUTH_MARGIN = 3;
/** Distances of haze from the focal plane, nm. */
const [NEAREST_HAZE, FARTHEST_HAZE] = [800, 3_000];

/** A block, with the molecule behind each emitter; molecules of the haze have negative numbers. */
export interface SceneBlock extends Block {
  id: Float64Array;
  hazeId: Float64Array;
}

/** The sample, frame after frame: molecules that switch, and the stage that moves them. */
export class Scene {
  private readonly photons: number;
  private readonly molecules: Molecules;
  private readonly haze: Molecules;
  private readonly drift: DriftPath;

  /**
   * @param positions of the molecules, for the structure `positions`
   * @throws InputError INPUT_OPTION where these are missing
   */
  constructor(
    private readonly settings: SimulationSettings,
    seed: number,
    positions: readonly Place[],
  ) {
    this.photons = brightnessOf(settings, peakShareOf(pointSpreadOf(settings))).photons;
    this.drift = driftPath(settings, seed);
    const molecules = populationOf(settings, seed, positions);
    const random = new Random(seed, "simulate", "photophysics");
    this.molecules = this.population(random, molecules.size, molecules.place);
    const haze = hazeOf(settings);
    this.haze = this.population(new Random(seed, "simulate", "haze"), haze.size, haze.place);
  }

  /** All frames in blocks. */
  *blocks(): Generator<SceneBlock> {
    const { frames, width, height } = this.settings;
    const length = Math.max(1, Math.floor(BLOCK_PIXELS / (width * height)));
    for (let first = 0; first < frames; first += length) {
      const count = Math.min(length, frames - first);
      const [emitters, haze] = [new ColumnBuilder(), new ColumnBuilder()];
      for (let i = first; i < first + count; i++) {
        emitters.add(this.molecules.advance(), this.drift.x[i]!, this.drift.y[i]!, this.photons);
        haze.add(this.haze.advance(), this.drift.x[i]!, this.drift.y[i]!, this.photons);
      }
      yield {
        first,
        frames: count,
        emitters: emitters.columns(),
        haze: haze.columns(),
        id: emitters.ids(),
        hazeId: haze.ids().map((id) => -1 - id),
      };
    }
  }

  private population(random: Random, size: PopulationSize, place: (random: Random) => Place): Molecules {
    const { frames, exposure, onTime, offTime, blinks, activation, brightnessSpread } = this.settings;
    const photophysics = {
      onTime: onTime / exposure,
      offTime: offTime / exposure,
      blinks: blinks ?? Number.POSITIVE_INFINITY,
      steady: activation === "steady",
    };
    return new Molecules(random, frames, photophysics, size, place, brightnessSpread);
  }
}

interface Population {
  size: PopulationSize;
  place: (random: Random) => Place;
}

function populationOf(settings: SimulationSettings, seed: number, positions: readonly Place[]): Population {
  const { structure, density, pixelSize, molecules } = settings;
  const random = new Random(seed, "simulate", "structure");
  if (structure === "positions") {
    if (positions.length === 0) throw noPositions();
    return { size: { total: molecules ?? positions.length }, place: placesInTurn(positions, random) };
  }
  // The number of molecules is meant for the frame; the area around it has them at the same
  // density.
  const depth = Math.max(Math.abs(settings.zMin), Math.abs(settings.zMax));
  const area = areaOf(settings, molecules === undefined ? depth : undefined);
  const place = structureOf(structure, settings, area, random);
  const size =
    molecules === undefined ? { on: density * squareMicrometres(area, pixelSize) } : { total: molecules };
  return { size, place };
}

function hazeOf(settings: SimulationSettings): Population {
  const area = areaOf(settings, FARTHEST_HAZE);
  const size = { on: settings.haze * squareMicrometres(area, settings.pixelSize) };
  const { width, height, margin } = area;
  const place = (random: Random): Place => {
    const x = (width + 2 * margin) * uniformOpen(random) - margin;
    const y = (height + 2 * margin) * uniformOpen(random) - margin;
    const z = NEAREST_HAZE + (FARTHEST_HAZE - NEAREST_HAZE) * uniformOpen(random);
    return [x, y, uniformOpen(random) < 0.5 ? z : -z];
  };
  return { size, place };
}

/**
 * The frame and its surroundings.
 * @param depth largest distance from the focal plane, nm; undefined: the frame alone
 */
function areaOf(settings: SimulationSettings, depth: number | undefined): Area {
  const { width, height } = settings;
  if (depth === undefined) return { width, height, margin: 0 };
  const light = Math.ceil(MARGIN_SIGMAS * new GaussianPointSpread(settings).sigmaAt(depth));
  return { width, height, margin: Math.max(TRUTH_MARGIN, light) };
}

function noPositions(): InputError {
  return new InputError("INPUT_OPTION", {
    subject: "the structure of a simulation",
    expected: "positions of molecules",
    found: "none",
    advice: "Give a table with the columns x, y and possibly z.",
  });
}

class ColumnBuilder {
  private readonly rows: Record<"id" | "x" | "y" | "z" | "photons", number[]> = {
    id: [],
    x: [],
    y: [],
    z: [],
    photons: [],
  };
  private readonly start = [0];

  add(frame: OnInFrame, dx: number, dy: number, photons: number): void {
    for (let i = 0; i < frame.id.length; i++) {
      this.rows.id.push(frame.id[i]!);
      this.rows.x.push(frame.x[i]! + dx);
      this.rows.y.push(frame.y[i]! + dy);
      this.rows.z.push(frame.z[i]!);
      this.rows.photons.push(frame.light[i]! * photons);
    }
    this.start.push(this.rows.id.length);
  }

  columns(): EmitterColumns {
    const { x, y, z, photons } = this.rows;
    return {
      start: Uint32Array.from(this.start),
      x: Float64Array.from(x),
      y: Float64Array.from(y),
      z: Float64Array.from(z),
      photons: Float64Array.from(photons),
    };
  }

  ids(): Float64Array {
    return Float64Array.from(this.rows.id);
  }
}

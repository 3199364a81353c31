import { Random } from "../base/random.js";
import { brightnessOf } from "../simulate/brightness.js";
import { peakShareOf, pointSpreadOf } from "../simulate/point-spread.js";
import { type EmitterColumns, Renderer } from "../simulate/renderer.js";
import { type CountingRule, countingRule, counts } from "../simulate/rule-of-truth.js";
import type { SimulationSettings } from "../simulate/settings.js";
import { type Area, squareMicrometres, structureOf } from "../simulate/structures.js";
import { checkedMicroscope, type GivenMicroscope, type MicroscopeSettings } from "./microscope-settings.js";
import { Sample } from "./sample.js";

/** A frame of the microscope. */
export interface MicroscopeFrame {
  /** Time at the end of the exposure, s. */
  time: number;
  /** (H,W) */
  pixels: Uint16Array;
  /** Molecules in it that count by the simulation's rule. */
  count: number;
  /** Share of the molecules that are not bleached. */
  left: number;
}

/** Margin around the frame in which molecules shine into it, pixels. */
const MARGIN = 4;

/** A microscope whose sample answers to the light that each frame is exposed with. */
export class Microscope {
  readonly settings: MicroscopeSettings;
  private readonly sample: Sample;
  private readonly renderer: Renderer;
  private readonly photons: number;
  private readonly rule: CountingRule;
  private readonly molecules: number;
  private index = 0;

  /** @throws InputError INPUT_OPTION */
  constructor(given: GivenMicroscope) {
    this.settings = checkedMicroscope(given);
    const { simulation, labelling, activation, fullOutput, spontaneous, onTime, blinks, seed } =
      this.settings;
    const { width, height, pixelSize, brightnessSpread, structure } = simulation;
    const area: Area = { width, height, margin: MARGIN };
    this.molecules = Math.max(1, Math.round(labelling * squareMicrometres(area, pixelSize)));
    const random = (purpose: string) => new Random(seed, "microscope", purpose);
    this.sample = new Sample(
      random("photophysics"),
      {
        ...{ molecules: this.molecules, spontaneous, onTime, blinks, brightnessSpread },
        perOutput: activation / fullOutput,
      },
      // checkedMicroscope has refused "positions".
      structureOf(structure as Exclude<typeof structure, "positions">, simulation, area, random("structure")),
    );
    this.renderer = new Renderer(simulation, seed, undefined);
    this.photons = brightnessOf(simulation, peakShareOf(pointSpreadOf(simulation))).photons;
    this.rule = countingRule(this.photons);
  }

  /** The camera and the optics. */
  get simulation(): SimulationSettings {
    return this.settings.simulation;
  }

  /** Exposes the next frame. @param output the light during it */
  expose(output: number): MicroscopeFrame {
    const { exposure, pixelSize } = this.simulation;
    const { disturbedAt = Number.POSITIVE_INFINITY, disturbance, drift } = this.settings;
    const start = this.index * exposure;
    const { x, y, z, light } = this.sample.expose(output, exposure, start >= disturbedAt ? disturbance : 1);
    const moved = (drift * start) / pixelSize;
    const emitters: EmitterColumns = {
      start: Uint32Array.of(0, x.length),
      x: Float64Array.from(x, (each) => this.drifted(each + moved)),
      y: Float64Array.from(y),
      z: Float64Array.from(z),
      photons: Float64Array.from(light, (each) => each * this.photons),
    };
    const drawn = this.renderer.draw({ first: this.index, frames: 1, emitters, haze: NO_HAZE });
    this.index++;
    return {
      time: this.index * exposure,
      pixels: drawn.pixels,
      count: this.countOf(emitters, drawn.emitters.snr),
      left: this.sample.left / this.molecules,
    };
  }

  /** What drifts out at one side comes in at the other, as a sample does that goes on there. */
  private drifted(x: number): number {
    const side = this.simulation.width + 2 * MARGIN;
    return x - side * Math.floor((x + MARGIN) / side);
  }

  private countOf({ x, y, photons }: EmitterColumns, snr: Float64Array): number {
    const { width, height } = this.simulation;
    let count = 0;
    for (let i = 0; i < x.length; i++) {
      const within = x[i]! >= 0 && x[i]! < width && y[i]! >= 0 && y[i]! < height;
      if (within && counts(this.rule, photons[i], snr[i])) count++;
    }
    return count;
  }
}

const NONE = new Float64Array();
const NO_HAZE: EmitterColumns = { start: Uint32Array.of(0, 0), x: NONE, y: NONE, z: NONE, photons: NONE };

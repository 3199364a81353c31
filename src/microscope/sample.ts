import type { Random } from "../base/random.js";
import { exponential, logNormalFactor, poisson, uniformOpen } from "../simulate/random-variates.js";
import type { Place } from "../simulate/structures.js";

/** How the molecules of a sample answer to light. Rates are of a dark molecule, in 1/s. */
export interface Photoactivation {
  molecules: number;
  /** Rate at which a dark molecule comes on, for each unit of the light. */
  perOutput: number;
  /** The same without light. */
  spontaneous: number;
  /** Mean time on, s. */
  onTime: number;
  /** Mean number of times on before a molecule bleaches. */
  blinks: number;
  /** Relative standard deviation of brightness between molecules. */
  brightnessSpread: number;
}

/** The molecules that are on at any time in a frame, in columns. */
export interface Glowing {
  x: number[];
  y: number[];
  z: number[];
  /** Share of the frame for which each is on, times its brightness, whose mean is 1. */
  light: number[];
}

/**
 * A field of view whose molecules come on by light, and bleach: a reservoir that runs out.
 * A dark molecule comes on at a rate that is linear in the light, stays on for an exponential time,
 * and bleaches at its end with the probability 1 / blinks, else it is dark again.
 */
export class Sample {
  private readonly places: readonly Place[];
  private readonly brightness: Float64Array;
  /** Indices of dark molecules. */
  private readonly dark: number[];
  /** Molecules that are on, and when each goes off, s. */
  private on: { molecule: number; off: number }[] = [];
  private time = 0;

  constructor(
    private readonly random: Random,
    private readonly photophysics: Photoactivation,
    place: (random: Random) => Place,
  ) {
    const { molecules, brightnessSpread } = photophysics;
    this.places = Array.from({ length: molecules }, () => place(random));
    this.brightness = Float64Array.from(this.places, () => logNormalFactor(random, brightnessSpread));
    this.dark = this.places.map((_, i) => i);
  }

  /** Molecules that are not bleached. */
  get left(): number {
    return this.dark.length + this.on.length;
  }

  /**
   * Exposes one frame.
   * @param output the light during it
   * @param exposure s
   * @param efficiency of the light: 1, or what a disturbance leaves of it
   */
  expose(output: number, exposure: number, efficiency = 1): Glowing {
    const { perOutput, spontaneous, onTime, blinks } = this.photophysics;
    const [start, end] = [this.time, this.time + exposure];
    this.time = end;
    const glowing: Glowing = { x: [], y: [], z: [], light: [] };
    const stillOn: { molecule: number; off: number }[] = [];
    const follow = (molecule: number, on: number, off: number) => {
      const [x, y, z] = this.places[molecule]!;
      glowing.x.push(x);
      glowing.y.push(y);
      glowing.z.push(z);
      glowing.light.push((this.brightness[molecule]! * (Math.min(off, end) - on)) / exposure);
      if (off >= end) stillOn.push({ molecule, off });
      else if (uniformOpen(this.random) * blinks >= 1) this.dark.push(molecule);
    };
    const arrivals = this.arrivals((perOutput * output * efficiency + spontaneous) * exposure);
    for (const { molecule, off } of this.on) follow(molecule, start, off);
    for (const molecule of arrivals) {
      const on = start + exposure * uniformOpen(this.random);
      follow(molecule, on, on + exponential(this.random, onTime));
    }
    this.on = stillOn;
    return glowing;
  }

  /** Takes those out of the dark that come on in a frame. @param expected switches of each in it */
  private arrivals(expected: number): number[] {
    const mean = this.dark.length * -Math.expm1(-expected);
    const taken: number[] = [];
    for (let left = Math.min(this.dark.length, poisson(this.random, mean)); left > 0; left--) {
      const at = this.random.below(this.dark.length);
      taken.push(this.dark[at]!);
      this.dark[at] = this.dark.at(-1)!;
      this.dark.pop();
    }
    return taken;
  }
}

import type { Random } from "../base/random.js";
import { exponential, logNormalFactor, poisson, uniformOpen } from "./random-variates.js";
import type { Position } from "./structures.js";

/** How a population of molecules switches; times in frames. */
export interface Photophysics {
  /** Mean time on; mean dark time between two times on. */
  onTime: number;
  offTime: number;
  /** Mean number of times on before a molecule bleaches; Infinity where it never does. */
  blinks: number;
  /** Whether others are activated as some bleach, so that as many are on all the time. */
  steady: boolean;
}

/** How large a population is: `on` molecules at any moment on average, or `total` in all. */
export type PopulationSize = { on: number } | { total: number };

/** The molecules that are on in a frame for some of the time, in columns. */
export interface OnInFrame {
  id: number[];
  x: number[];
  y: number[];
  z: number[];
  /** Share of the frame for which the molecule is on, times the molecule's brightness, which is 1 on average. */
  light: number[];
}

const NONE = -1;

/**
 * Molecules that are dark, on or bleached: a Markov chain in continuous time. Times on and dark are exponential, and each time on is the last one with the
 * probability 1 / blinks, so that their number is geometric (as measured for fluorescent proteins: Annibale et al. 2011; Lee et al. 2012). Frames are made in
 * order; memory is taken by molecules that are still to be on.
 */
export class Molecules {
  private next = 0;
  private readonly free: number[] = [];
  private readonly ids: number[] = [];
  private readonly places: Position[] = [];
  private readonly brightness: number[] = [];
  /** When each molecule switches next, frames since the start. */
  private readonly switches: number[] = [];
  private on: number[] = [];
  /** Dark molecules by the frame in which they come on: the first of each frame, and the one after each. */
  private readonly firstOf: Int32Array;
  private readonly after: number[] = [];
  private readonly arrivals: number;
  private frame = 0;

  /**
   * @param place draws where a molecule lies
   * @param spread relative standard deviation of brightness between molecules
   */
  constructor(
    private readonly random: Random,
    private readonly frames: number,
    private readonly photophysics: Photophysics,
    size: PopulationSize,
    private readonly place: (random: Random) => Position,
    private readonly spread: number,
  ) {
    this.firstOf = new Int32Array(frames).fill(NONE);
    const { steady, blinks } = photophysics;
    // Without bleaching, molecules that are in equilibrium at the start stay so.
    const replaced = steady && Number.isFinite(blinks);
    this.arrivals = replaced && "on" in size ? size.on / (blinks * photophysics.onTime) : 0;
    if (!replaced) this.startInEquilibrium(size);
    else if ("on" in size) this.startReplaced(size.on);
    else for (let i = 0; i < size.total; i++) this.addDark(uniformOpen(random) * frames);
  }

  /** The molecules of the next frame. */
  advance(): OnInFrame {
    const rows: OnInFrame = { id: [], x: [], y: [], z: [], light: [] };
    const stillOn: number[] = [];
    for (const molecule of this.on) this.follow(molecule, this.frame, rows, stillOn);
    for (let molecule = this.firstOf[this.frame]!; molecule !== NONE; ) {
      const following = this.after[molecule]!;
      const start = this.switches[molecule]!;
      this.switches[molecule] = start + exponential(this.random, this.photophysics.onTime);
      this.follow(molecule, start, rows, stillOn);
      molecule = following;
    }
    for (let left = poisson(this.random, this.arrivals); left > 0; left--) {
      const start = this.frame + uniformOpen(this.random);
      const molecule = this.add(start + exponential(this.random, this.photophysics.onTime));
      this.follow(molecule, start, rows, stillOn);
    }
    this.on = stillOn;
    this.frame++;
    return rows;
  }

  /** Follows a molecule that is on from `start` through the rest of the frame. */
  private follow(molecule: number, start: number, rows: OnInFrame, stillOn: number[]): void {
    const { onTime, offTime, blinks } = this.photophysics;
    const end = this.frame + 1;
    let light = 0;
    for (let on = start; ; ) {
      const off = this.switches[molecule]!;
      light += Math.min(off, end) - on;
      if (off >= end) {
        this.record(molecule, light, rows);
        stillOn.push(molecule);
        return;
      }
      const bleaches = uniformOpen(this.random) * blinks < 1;
      on = bleaches ? Number.POSITIVE_INFINITY : off + exponential(this.random, offTime);
      if (on >= end) {
        this.record(molecule, light, rows);
        this.wait(molecule, on);
        return;
      }
      this.switches[molecule] = on + exponential(this.random, onTime);
    }
  }

  private record(molecule: number, light: number, rows: OnInFrame): void {
    const [x, y, z] = this.places[molecule]!;
    rows.id.push(this.ids[molecule]!);
    rows.x.push(x);
    rows.y.push(y);
    rows.z.push(z);
    rows.light.push(light * this.brightness[molecule]!);
  }

  /** Lets a dark molecule come on at a time; one that never does again is forgotten. */
  private wait(molecule: number, on: number): void {
    const frame = Math.floor(on);
    if (frame >= this.frames) {
      this.free.push(molecule);
      return;
    }
    this.switches[molecule] = on;
    this.after[molecule] = this.firstOf[frame]!;
    this.firstOf[frame] = molecule;
  }

  private add(switches: number): number {
    const molecule = this.free.pop() ?? this.ids.length;
    this.ids[molecule] = this.next++;
    this.places[molecule] = this.place(this.random);
    this.brightness[molecule] = logNormalFactor(this.random, this.spread);
    this.switches[molecule] = switches;
    return molecule;
  }

  private addOn(): void {
    this.on.push(this.add(exponential(this.random, this.photophysics.onTime)));
  }

  private addDark(on: number): void {
    // Of most dyes nearly all molecules stay dark throughout: these take neither memory nor numbers.
    if (on < this.frames) this.wait(this.add(on), on);
    else this.next++;
  }

  /** All are there from the start: each is on with the share of time that it would be if it did not bleach. */
  private startInEquilibrium(size: PopulationSize): void {
    const { onTime, offTime } = this.photophysics;
    const share = onTime / (onTime + offTime);
    const total =
      "total" in size
        ? size.total
        : poisson(this.random, size.on / meanShareOn(this.photophysics, this.frames));
    for (let i = 0; i < total; i++) {
      if (uniformOpen(this.random) < share) this.addOn();
      else this.addDark(exponential(this.random, offTime));
    }
  }

  /**
   * Molecules that began before the start, where as many are activated as bleach: the numbers in each state are Poisson's, with means of arrivals times the
   * mean time that a molecule spends in it, and what is still before each is as for a new one.
   */
  private startReplaced(on: number): void {
    const { onTime, offTime, blinks } = this.photophysics;
    for (let left = poisson(this.random, on); left > 0; left--) this.addOn();
    const dark = (on * (blinks - 1) * offTime) / (blinks * onTime);
    for (let left = poisson(this.random, dark); left > 0; left--) {
      this.addDark(exponential(this.random, offTime));
    }
  }
}

/**
 * The share of `frames` for which a molecule is on that starts in the equilibrium of switching without bleaching: the mean over time of the solution of
 * on' = dark / offTime - on / onTime, dark' = on (1 - 1 / blinks) / onTime - dark / offTime.
 */
export function meanShareOn({ onTime, offTime, blinks }: Photophysics, frames: number): number {
  const sum = 1 / onTime + 1 / offTime;
  const product = 1 / (onTime * offTime * blinks);
  const start = onTime / (onTime + offTime);
  const root = Math.sqrt(sum * sum - 4 * product);
  const fast = (-sum - root) / 2;
  // The product of both is known: their sum would lose the slow one's digits.
  const slow = product / fast;
  const mean = (rate: number) => (rate === 0 ? 1 : Math.expm1(rate * frames) / (rate * frames));
  return (start * (fast * mean(slow) - slow * mean(fast))) / (fast - slow);
}

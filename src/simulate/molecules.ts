import type { Random } from "../base/random.js";
import { exponential, logNormalFactor, poisson, uniformOpen } from "./random-variates.js";
import type { Place } from "./structures.js";

/** How a population of molecules switches; times in frames. */
export interface Photophysics {
  /** Mean time on, and mean dark time between two times on. */
  onTime: number;
  offTime: number;
  /** Mean number of times on before a molecule bleaches; Infinity if it never does. */
  blinks: number;
  /**
   * Whether others are activated as some bleach, which keeps the number of molecules that are on.
   */
  steady: boolean;
}

/** Size of a population: the mean number `on` at any moment, or the number `total`. */
export type PopulationSize = { on: number } | { total: number };

/** The molecules that are on at any time in a frame, in columns. */
export interface OnInFrame {
  id: number[];
  x: number[];
  y: number[];
  z: number[];
  /** Share of the frame for which the molecule is on, times its brightness, whose mean is 1. */
  light: number[];
}

const NONE = -1;

/**
 * Molecules that are dark, on or bleached: a Markov chain in continuous time.
 * Times on and dark are exponential. Each time on is the last one with the probability 1 / blinks,
 * so that their number is geometric (as measured for fluorescent proteins: Annibale et al. 2011;
 * Lee et al. 2012). Frames are made in order. Only molecules that will be on again take memory.
 */
export class Molecules {
  private next = 0;
  private readonly free: number[] = [];
  private readonly ids: number[] = [];
  private readonly places: Place[] = [];
  private readonly brightness: number[] = [];
  /** When each molecule next switches, frames since the start. */
  private readonly switches: number[] = [];
  private on: number[] = [];
  /**
   * Lists of dark molecules by the frame in which they come on.
   * The first of each frame, and the successor of each molecule.
   */
  private readonly firstOf: Int32Array;
  private readonly after: number[] = [];
  private readonly arrivals: number;
  private frame = 0;

  /**
   * @param place draws the position of a molecule
   * @param spread relative standard deviation of brightness between molecules
   */
  constructor(
    private readonly random: Random,
    private readonly frames: number,
    private readonly photophysics: Photophysics,
    size: PopulationSize,
    private readonly place: (random: Random) => Place,
    private readonly spread: number,
  ) {
    this.firstOf = new Int32Array(frames).fill(NONE);
    const { steady, blinks } = photophysics;
    // Without bleaching, molecules in equilibrium at the start stay in equilibrium.
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

  /** Follows a molecule through the rest of the frame. @param start when it comes on */
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

  /** Schedules when a dark molecule comes on, and forgets one that never does. */
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
    // Nearly all molecules of most dyes stay dark throughout: they take neither memory nor numbers.
    if (on < this.frames) this.wait(this.add(on), on);
    else this.next++;
  }

  /** Starts with all molecules present, each on with its share of time without bleaching. */
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
   * Starts with molecules that are replaced as they bleach.
   * The number in each state is Poisson-distributed, with the rate of arrivals times the mean time
   * in that state as its mean. What lies before each molecule is as for a new one.
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
 * Share of `frames` for which a molecule is on that starts in the equilibrium without bleaching.
 * It is the mean over time of the solution of on' = dark / offTime - on / onTime, dark' = on (1 - 1
 * / blinks) / onTime - dark / offTime.
 */
export function meanShareOn({ onTime, offTime, blinks }: Photophysics, frames: number): number {
  const sum = 1 / onTime + 1 / offTime;
  const product = 1 / (onTime * offTime * blinks);
  const start = onTime / (onTime + offTime);
  const root = Math.sqrt(sum * sum - 4 * product);
  const fast = (-sum - root) / 2;
  // From the product of both: their sum would lose digits of the slow one.
  const slow = product / fast;
  const mean = (rate: number) => (rate === 0 ? 1 : Math.expm1(rate * frames) / (rate * frames));
  return (start * (fast * mean(slow) - slow * mean(fast))) / (fast - slow);
}

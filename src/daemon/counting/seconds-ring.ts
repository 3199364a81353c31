/** How many seconds are remembered: as many as a plot of the last minutes shows. */
export const REMEMBERED_SECONDS = 300;

/** Values of some seconds, oldest first; `second` counts from 1970. */
export type SecondRows<C extends string> = Record<C | "second", number[]>;

/**
 * Numbers gathered second by second over the last minutes, in memory that never grows.
 * Seconds without numbers take no row.
 */
export class SecondsRing<C extends string> {
  private readonly seconds = new Float64Array(REMEMBERED_SECONDS);
  private readonly values: Record<C, Float64Array>;

  constructor(private readonly columns: readonly C[]) {
    const entries = columns.map((column) => [column, new Float64Array(REMEMBERED_SECONDS)]);
    this.values = Object.fromEntries(entries) as Record<C, Float64Array>;
  }

  /** Adds to a second's number. */
  add(second: number, column: C, value: number): void {
    this.values[column][this.slot(second)]! += value;
  }

  /** Raises a second's number to at least `value`. It begins at 0. */
  raise(second: number, column: C, value: number): void {
    const slot = this.slot(second);
    if (value > this.values[column][slot]!) this.values[column][slot] = value;
  }

  /** The sum over the `length` whole seconds before `now`. */
  recent(now: number, column: C, length: number): number {
    let sum = 0;
    for (let second = now - length; second < now; second++) {
      const slot = second % REMEMBERED_SECONDS;
      if (this.seconds[slot] === second) sum += this.values[column][slot]!;
    }
    return sum;
  }

  /** The remembered seconds after `after` that are over at `now`. */
  rows(after: number, now: number): SecondRows<C> {
    const rows = Object.fromEntries(
      ["second", ...this.columns].map((name): [string, number[]] => [name, []]),
    ) as SecondRows<C>;
    for (let second = Math.max(after + 1, now - REMEMBERED_SECONDS + 1); second < now; second++) {
      const slot = second % REMEMBERED_SECONDS;
      if (this.seconds[slot] !== second) continue;
      rows.second.push(second);
      for (const column of this.columns) rows[column].push(this.values[column][slot]!);
    }
    return rows;
  }

  private slot(second: number): number {
    const slot = second % REMEMBERED_SECONDS;
    if (this.seconds[slot] !== second) {
      this.seconds[slot] = second;
      for (const column of this.columns) this.values[column][slot] = 0;
    }
    return slot;
  }
}

/** The current whole second, from 1970. It never goes back, even when the machine's clock does. */
export function secondOf(now = performance.now()): number {
  return Math.floor((performance.timeOrigin + now) / 1000);
}

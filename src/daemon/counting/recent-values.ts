import { quantile } from "../../base/quantiles.js";

/** The latest values of a kind, as many as fit. */
export class RecentValues {
  private readonly values: Float64Array;
  private written = 0;

  constructor(size: number) {
    this.values = new Float64Array(size);
  }

  add(value: number): void {
    this.values[this.written++ % this.values.length] = value;
  }

  /** The middle value, or the upper one of two middle ones; null where there are no values. */
  median(): number | null {
    if (this.written === 0) return null;
    const sorted = this.values.slice(0, Math.min(this.written, this.values.length)).sort();
    return quantile(sorted, 0.5, Math.ceil);
  }
}

/** Shortest time between two drawings of the line, ms. */
const REDRAW_MS = 100;

/** A line of progress that redraws itself on a terminal and is silent anywhere else. */
export class ProgressLine {
  private readonly started = performance.now();
  private lastDrawn = Number.NEGATIVE_INFINITY;
  private done = 0;

  constructor(
    private readonly label: string,
    private readonly total: number,
    private readonly stream: NodeJS.WriteStream = process.stderr,
  ) {}

  /** Counts one frame more. */
  advance(): void {
    this.done++;
    const now = performance.now();
    if (!this.stream.isTTY || (now - this.lastDrawn < REDRAW_MS && this.done < this.total)) return;
    this.lastDrawn = now;
    this.stream.write(`\r\x1b[K${this.text(now)}`);
  }

  /** Frames a second so far. */
  get rate(): number {
    return (1000 * this.done) / (performance.now() - this.started);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.stream.isTTY) this.stream.write("\r\x1b[K");
  }

  private text(now: number): string {
    const seconds = ((now - this.started) / 1000 / this.done) * (this.total - this.done);
    return `${this.label}  ${this.done}/${this.total} frames  ${this.rate.toFixed(1)} frames/s  ${clock(seconds)} left`;
  }
}

/** Seconds as m:ss or h:mm:ss. */
export function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] ? parts : parts.slice(1);
  return shown.map((part, i) => (i === 0 ? String(part) : String(part).padStart(2, "0"))).join(":");
}

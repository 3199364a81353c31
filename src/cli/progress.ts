/** Shortest time between two updates of the line, ms. */
const REDRAW_MS = 100;

/** A line that is updated in place on a terminal. Elsewhere only lasting lines are written. */
export class StatusLine {
  private lastDrawn = Number.NEGATIVE_INFINITY;

  constructor(private readonly stream: NodeJS.WriteStream = process.stderr) {}

  /** Shows a text, unless one was drawn just now. @param isLast draws it in any case */
  show(text: () => string, isLast = false): void {
    const now = performance.now();
    if (!this.stream.isTTY || (now - this.lastDrawn < REDRAW_MS && !isLast)) return;
    this.lastDrawn = now;
    this.stream.write(`\r\x1b[K${text()}`);
  }

  /** Writes a line that stays. */
  print(text: string): void {
    this.clear();
    this.stream.write(`${text}\n`);
  }

  /** Removes the line. */
  clear(): void {
    if (this.stream.isTTY) this.stream.write("\r\x1b[K");
  }
}

/** A line that shows progress over frames. */
export class ProgressLine {
  private readonly started = performance.now();
  private readonly line: StatusLine;
  private done = 0;

  constructor(
    private readonly label: string,
    private readonly total: number,
    stream: NodeJS.WriteStream = process.stderr,
  ) {
    this.line = new StatusLine(stream);
  }

  /** Counts one more frame. */
  advance(): void {
    this.done++;
    this.line.show(() => this.text(), this.done >= this.total);
  }

  /** Frames per second so far. */
  get rate(): number {
    return (1000 * this.done) / (performance.now() - this.started);
  }

  /** Removes the line. */
  clear(): void {
    this.line.clear();
  }

  private text(): string {
    const left = clock((this.total - this.done) / this.rate);
    return `${this.label}  ${this.done}/${this.total} frames  ${this.rate.toFixed(1)} frames/s  ${left} left`;
  }
}

/** Seconds as m:ss or h:mm:ss. */
export function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] ? parts : parts.slice(1);
  return shown.map((part, i) => (i === 0 ? String(part) : String(part).padStart(2, "0"))).join(":");
}

/** Shortest time between two drawings of the line, ms. */
const REDRAW_MS = 100;

/** A line that redraws itself on a terminal; anywhere else only what stays is written. */
export class StatusLine {
  private lastDrawn = Number.NEGATIVE_INFINITY;

  constructor(private readonly stream: NodeJS.WriteStream = process.stderr) {}

  /** Shows a text until the next one, unless one was drawn just now. @param isLast draw it in any case */
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

  /** Takes the line away. */
  clear(): void {
    if (this.stream.isTTY) this.stream.write("\r\x1b[K");
  }
}

/** A line of progress over frames. */
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

  /** Counts one frame more. */
  advance(): void {
    this.done++;
    this.line.show(() => this.text(), this.done >= this.total);
  }

  /** Frames a second so far. */
  get rate(): number {
    return (1000 * this.done) / (performance.now() - this.started);
  }

  /** Takes the line away. */
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

/** Shown for an unknown value. */
export const NONE = "–";

const WHOLE = new Intl.NumberFormat("en");

/** 61440 → 61,440 */
export function whole(value: number): string {
  return WHOLE.format(value);
}

/** A count of emitters: 12.34 */
export function emitters(value: number | null | undefined): string {
  return value == null ? NONE : value.toFixed(2);
}

/** A count with its expected error, if that is known: 12.34 ± 1.10 */
export function emittersWithError(value: number | undefined, error: number | null | undefined): string {
  return error == null ? emitters(value) : `${emitters(value)} ± ${emitters(error)}`;
}

/** Frames per second: 12.3, 250 */
export function rate(value: number): string {
  return value < 100 ? value.toFixed(1) : whole(Math.round(value));
}

/** Milliseconds: 0.35 ms, 17.4 ms, 2,310 ms */
export function milliseconds(value: number | null): string {
  if (value === null) return NONE;
  if (value >= 100) return `${whole(Math.round(value))} ms`;
  return `${value.toFixed(value < 1 ? 2 : 1)} ms`;
}

/** Decimal megabytes and gigabytes: 243 MB, 1.4 GB */
export function bytes(value: number): string {
  return value < 1e9 ? `${Math.round(value / 1e6)} MB` : `${(value / 1e9).toFixed(1)} GB`;
}

/** A share from 0 to 1: 84 % */
export function share(value: number | null): string {
  return value === null ? NONE : `${Math.round(100 * value)} %`;
}

/** A stretch of time: 42 s, 5 min, 2 h 5 min, 3 d 4 h */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** A time of day, in the reader's time zone: 16:42:10 */
export function clock(second: number): string {
  return new Date(second * 1000).toTimeString().slice(0, 8);
}

/** A loss or a density, with four significant digits, in its shortest form. */
export function significant(value: number): string {
  if (!Number.isFinite(value)) return NONE;
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-3 || size >= 1e5)
    ? value.toExponential(2)
    : String(Number(value.toPrecision(4)));
}

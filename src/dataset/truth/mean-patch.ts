/** Pixels on each side of an emitter in a patch. */
const REACH = 3;
const SIDE = 2 * REACH + 1;
/** Groups of emitters, whose offsets tell how sure their mean is. */
const GROUPS = 8;
/** Emitters that are needed to tell an offset. */
const LEAST_EMITTERS = 64;
/** Offset that is told, and its largest standard error, pixels. */
const [TOLD, SURE] = [0.35, 0.08];

/**
 * Values around a position, interpolated so that the position is in the middle of the patch.
 * @param values (H,W)
 * @param x pixels from the corner of the first pixel, as `y`
 * @returns undefined where the patch would reach beyond the edge
 */
export function patchOf(
  values: Float32Array,
  width: number,
  height: number,
  x: number,
  y: number,
): Float64Array | undefined {
  const [left, top] = [Math.floor(x - 0.5) - REACH, Math.floor(y - 0.5) - REACH];
  if (left < 0 || top < 0 || left + SIDE >= width || top + SIDE >= height) return undefined;
  const [right, below] = [x - 0.5 - Math.floor(x - 0.5), y - 0.5 - Math.floor(y - 0.5)];
  const patch = new Float64Array(SIDE * SIDE);
  for (let i = 0; i < SIDE; i++) {
    for (let j = 0; j < SIDE; j++) {
      const at = (top + i) * width + left + j;
      const upper = values[at]! * (1 - right) + values[at + 1]! * right;
      const lower = values[at + width]! * (1 - right) + values[at + width + 1]! * right;
      patch[i * SIDE + j] = upper * (1 - below) + lower * below;
    }
  }
  return patch;
}

/** The mean image around a table's emitters, which shows where spots lie from its positions. */
export class MeanPatch {
  private count = 0;
  private readonly groups = Array.from({ length: GROUPS }, () => new Float64Array(SIDE * SIDE));

  add(patch: Float64Array | undefined): void {
    if (!patch) return;
    const sum = this.groups[this.count++ % GROUPS]!;
    for (let i = 0; i < patch.length; i++) sum[i] = sum[i]! + patch[i]!;
  }

  /** Where spots lie from positions, pixels; undefined where they lie near, or that is not clear. */
  offset(): { x: number; y: number } | undefined {
    if (this.count < LEAST_EMITTERS) return undefined;
    const total = new Float64Array(SIDE * SIDE).map((_, i) =>
      this.groups.reduce((sum, group) => sum + group[i]!, 0),
    );
    const whole = peakOf(total);
    const parts = this.groups.map(peakOf);
    if (!whole || parts.some((part) => part === undefined)) return undefined;
    const isSure = (["x", "y"] as const).every((axis) => {
      const squares = parts.reduce((sum, part) => sum + (part![axis] - whole[axis]) ** 2, 0);
      return Math.sqrt(squares / (GROUPS * (GROUPS - 1))) < SURE;
    });
    return isSure && Math.hypot(whole.x, whole.y) > TOLD ? whole : undefined;
  }
}

/**
 * The highest place of a patch from its middle, between pixels by a parabola through three of them.
 * Undefined where it is at the edge.
 */
function peakOf(patch: Float64Array): { x: number; y: number } | undefined {
  const at = patch.indexOf(Math.max(...patch));
  const [row, column] = [Math.floor(at / SIDE), at % SIDE];
  if (row === 0 || column === 0 || row === SIDE - 1 || column === SIDE - 1) return undefined;
  const between = (step: number) => {
    const [before, here, after] = [patch[at - step]!, patch[at]!, patch[at + step]!];
    return (before - after) / (2 * (before - 2 * here + after));
  };
  return { x: column - REACH + between(1), y: row - REACH + between(SIDE) };
}

import { median, robustDeviation } from "../base/quantiles.js";
import type { Frame } from "../frames/frame.js";

/** Side of the squares in which level and noise are compared, pixels. */
const BLOCK = 16;
/** Shares of the blocks that count as dark and as bright. */
const ENDS = 0.2;
/**
 * Σ of the squared weights of the Laplacian (1 −2 1; −2 4 −2; 1 −2 1).
 * It is the factor by which the Laplacian changes the variance of white noise (Immerkær 1996).
 */
const LAPLACIAN_SQUARES = 36;

/**
 * Variance that a unit of light adds to a pixel, in camera units. For an EMCCD it is twice the
 * gain.
 */
export function noiseGain(frames: readonly Frame[]): number {
  const blocks = frames.flatMap(blocksOf).sort((a, b) => a.level - b.level);
  const share = Math.max(1, Math.floor(ENDS * blocks.length));
  const [dark, bright] = [blocks.slice(0, share), blocks.slice(-share)];
  const middle = (part: keyof Block, of: readonly Block[]) => median(of.map((block) => block[part]));
  const slope =
    (middle("variance", bright) - middle("variance", dark)) /
    (middle("level", bright) - middle("level", dark));
  // A stack of even light tells nothing: a unit of light then counts as a photon.
  return slope > 0 && Number.isFinite(slope) ? slope : 1;
}

interface Block {
  level: number;
  /**
   * Variance of the noise alone: the Laplacian ignores slopes, and the median ignores a few spots.
   */
  variance: number;
}

function blocksOf({ width, height, pixels }: Frame): Block[] {
  const at = (x: number, y: number) => pixels[y * width + x]!;
  const laplacian = (x: number, y: number) =>
    4 * at(x, y) -
    2 * (at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1)) +
    (at(x - 1, y - 1) + at(x + 1, y - 1) + at(x - 1, y + 1) + at(x + 1, y + 1));
  const blocks: Block[] = [];
  for (let top = 1; top + BLOCK < height; top += BLOCK) {
    for (let left = 1; left + BLOCK < width; left += BLOCK) {
      const [levels, noise]: [number[], number[]] = [[], []];
      for (let y = top; y < top + BLOCK; y++) {
        for (let x = left; x < left + BLOCK; x++) {
          levels.push(at(x, y));
          noise.push(laplacian(x, y));
        }
      }
      blocks.push({ level: median(levels), variance: robustDeviation(noise, 0) ** 2 / LAPLACIAN_SQUARES });
    }
  }
  return blocks;
}

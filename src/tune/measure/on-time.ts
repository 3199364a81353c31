import type { Track } from "./tracks.js";

/**
 * Shortest tracks that count, and shortest ones if too few of those end.
 * From the first length on, a track has a whole frame within it, and its start no longer matters.
 */
const [FROM, FROM_FEW] = [3, 2];
/** Ends below which shorter tracks count too. */
const FEWEST_ENDS = 30;
/** Significance of a molecule whose last, partial frame is not missed by chance. */
const BRIGHT = 9;
/** Factor by which no molecule's light changes by itself between two whole frames. */
const STEP = 1.4;

/**
 * The mean time on of an exponential distribution, frames.
 * A track of k frames continues with the probability exp(−1 / τ), however long it is: what its
 * first and last frame see of the molecule shifts all lengths alike. Steps with another spot nearby
 * are not counted.
 * @returns 0 where no molecule was on for longer than a frame
 */
export function meanOnTime(tracks: readonly Track[]): number {
  const bright = tracks.filter(({ spots }) => spots.some(({ significance }) => significance >= BRIGHT));
  const many = steps(bright, FROM);
  const { ends, survived } = many.ends >= FEWEST_ENDS ? many : steps(tracks, FROM_FEW);
  if (survived === 0) return 0;
  return 1 / Math.log((ends + survived) / survived);
}

function steps(tracks: readonly Track[], from: number): { ends: number; survived: number } {
  let [ends, survived] = [0, 0];
  for (const { spots, unclear } of tracks) {
    let light = 0;
    for (let k = 1; k <= spots.length; k++) {
      const [now, next] = [spots[k - 1]!, spots[k]];
      if (k > 1 && next) {
        // All frames so far, except the first, were whole ones.
        light += now.significance;
        const whole = light / (k - 1);
        // Once another molecule has come to the same place, nothing more is known of this one.
        if (next.significance > STEP * whole) break;
        // Light that falls and then stays is from another molecule that was there all along.
        if (next.significance < whole / STEP && spots[k + 1]) {
          if (k >= from) ends++;
          break;
        }
      }
      if (k < from || unclear[k - 1]!) continue;
      if (next) survived++;
      else ends++;
    }
  }
  return { ends, survived };
}

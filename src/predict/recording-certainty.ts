import { errorUnit } from "../certainty/certainty.js";
import type { FrameCertainty } from "../certainty/frame-certainty.js";
import type { Counts } from "./counts.js";

/**
 * The first frames of a recording are judged by themselves, and after them one in so many.
 * What a judgement rests on (optics, camera, background) hardly changes from frame to frame, and in
 * a small frame it costs as much as the network.
 */
const [FIRST, EVERY] = [64, 32];
/** A frame whose contrast differs by this factor from the last one judged is judged itself. */
const CONTRAST = 2;
/** The same for counts: by so many molecules and, beyond that, by this share of the last one's. */
const [COUNT, SHARE] = [5, 0.5];
/** Most recordings that are remembered. One that is forgotten is judged anew. */
const MOST = 4096;

/** A frame's counts, and its darkest and brightest pixel. */
export type CountedRange = Counts & { least: number; most: number };

/** A frame that was judged, and what holds for those that follow it. */
interface Judged {
  counted: CountedRange;
  certainty: FrameCertainty;
}

/** Lets a judgement hold for the frames of a recording that follow. */
export class RecordingCertainty {
  /** By recording, the one that was judged last at the end. */
  private readonly last = new Map<number, Judged>();

  /**
   * How far the counts of a frame are to be trusted: its own judgement, or that of the frame of the
   * same recording that was judged last, with the errors of this frame's counts.
   * @param recording that the frame is from; undefined for a frame that stands alone
   * @param index the frame's place in the recording
   */
  of(
    recording: number | undefined,
    index: number,
    counted: CountedRange,
    judge: () => FrameCertainty | undefined,
  ): FrameCertainty | undefined {
    if (recording === undefined) return judge();
    const before = this.last.get(recording);
    if (before && index >= FIRST && index % EVERY !== 0 && isLike(before.counted, counted)) {
      return carried(before, counted);
    }
    const certainty = judge();
    this.last.delete(recording);
    if (certainty) this.last.set(recording, { counted, certainty });
    if (this.last.size > MOST) this.last.delete(this.last.keys().next().value!);
    return certainty;
  }
}

function isLike(before: CountedRange, now: CountedRange): boolean {
  const contrast = (now.most - now.least) / (before.most - before.least);
  const far = COUNT + SHARE * before.count;
  return contrast < CONTRAST && contrast > 1 / CONTRAST && Math.abs(now.count - before.count) <= far;
}

/** A count's error grows with its unit; the rest is as it was. */
function carried({ counted: before, certainty }: Judged, now: CountedRange): FrameCertainty {
  const { countError, maxLocalCountError, ...rest } = certainty;
  return {
    ...rest,
    countError: countError * (errorUnit(now.count) / errorUnit(before.count)),
    ...(maxLocalCountError !== undefined && {
      maxLocalCountError:
        maxLocalCountError * (errorUnit(now.maxLocalCount) / errorUnit(before.maxLocalCount)),
    }),
  };
}

/**
 * The frame to begin with so that frame `first` is judged as if all frames before it had been
 * counted, too.
 */
export function judgedFrom(first: number): number {
  return first <= FIRST ? first : first - (first % EVERY);
}

let recordings = 0;

/** A number for a recording, which no other one of this thread has. */
export function newRecording(): number {
  return ++recordings;
}

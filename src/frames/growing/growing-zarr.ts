import { InputError } from "../../base/errors.js";
import { stackReader } from "../stack-reader.js";
import { asInputError, openZarrRecording, type ZarrRecording } from "../zarr-stack.js";
import type { GrowingSource, Growth } from "./growing-source.js";
import { checkSame } from "./growing-tif.js";

/** Most frames that one look decodes, so that counting begins before a long recording is looked through. */
const MOST_AT_ONCE = 64;
/** Looks with all frames whole after which an array that had its final size from the start has ended. */
const SETTLED_LOOKS = 10;
/** Looks at which the folder cannot be opened for the same reason, after which that is an error. */
const PATIENT_LOOKS = 25;

/** What is said of a folder without metadata, and of an array without frames. */
const NOT_BEGUN: readonly string[] = ["INPUT_NOT_FOUND", "INPUT_TRUNCATED"];

/** What a look finds of a frame. */
interface NextFrame {
  whole?: boolean;
  /** Whether it is complete, but may be changing yet. */
  maybe?: boolean;
  /** What is there of it, in words. */
  rest?: string;
}

/**
 * A folder of OME-Zarr, or an array of Zarr, into which a program writes a chunk or more for each
 * frame.
 *
 * A frame is whole if all its chunks are there and are decoded to their whole size, and if its files
 * are done: a later frame has begun, or they were the same at the look before. A missing chunk is
 * not taken as one of zeros here: it may be still to come.
 */
export class GrowingZarr implements GrowingSource {
  private recording: ZarrRecording | undefined;
  private first: ZarrRecording["info"] | undefined;
  /** Frames that are whole. */
  private whole = 0;
  /** The frame after these as it was at the look before. */
  private pending = "";
  /** Frames of the array that were not whole when those that were had all been looked at. */
  private missingAtFirst: number | undefined;
  /** Whether the array has changed its number of frames; "down" is the end of a recording. */
  private resized: "no" | "up" | "down" = "no";
  private settled = 0;
  private refusal = { message: "", looks: 0 };

  constructor(readonly path: string) {}

  async look(): Promise<Growth> {
    await this.open();
    const { recording } = this;
    if (!recording) return { stack: undefined, mark: "", rest: this.refusal.message || undefined };
    const { frames: announced } = recording.info;
    const most = this.whole + MOST_AT_ONCE;
    let next: NextFrame = { whole: true };
    while (this.whole < Math.min(announced, most)) {
      next = await this.nextFrame(recording, announced);
      if (!next.whole) break;
      this.whole++;
    }
    const more = this.whole < announced && (next.whole === true || next.maybe === true);
    if (!more) this.missingAtFirst ??= announced - this.whole;
    this.settled = this.whole === announced ? this.settled + 1 : 0;
    return {
      stack: this.whole > 0 ? this.stackOf(recording) : undefined,
      expected: this.ends(announced) ? announced : undefined,
      mark: `${this.whole} ${announced} ${this.pending}`,
      more,
      rest: next.rest,
    };
  }

  async close(): Promise<void> {}

  /** Looks at the frame after the whole ones. @throws InputError for a chunk that is damaged */
  private async nextFrame({ frames }: ZarrRecording, announced: number): Promise<NextFrame> {
    const index = this.whole;
    const { complete, version, trouble } = await frames.progress(index);
    const pending = `${index} ${version}`;
    const still = pending === this.pending;
    this.pending = pending;
    const followed = index + 1 < announced && (await frames.hasBegun(index + 1));
    if (complete) return still || followed ? { whole: true } : { maybe: true, rest: `frame ${index + 1}` };
    if (trouble !== undefined && still && followed) {
      throw asInputError(`${this.path}, frame ${index + 1}`, trouble);
    }
    if (followed) return { rest: `frame ${index + 1}, which lacks a chunk, and those after it` };
    return /[^,]/.test(version) ? { rest: `frame ${index + 1}, which is not whole` } : {};
  }

  /**
   * Whether the recording is known to have all its frames.
   * Some programs write the final size first. Others let the array grow, perhaps by many frames at a
   * time, and cut it to its frames at the end.
   */
  private ends(announced: number): boolean {
    if (this.whole < announced) return false;
    if (this.resized === "down") return true;
    // With one frame missing, the array may be growing frame by frame.
    return this.resized === "no" && (this.missingAtFirst ?? 0) > 1 && this.settled >= SETTLED_LOOKS;
  }

  private stackOf({ info, readFrame }: ZarrRecording) {
    const { layout: _, ...rest } = info;
    return stackReader(this.path, { ...rest, frames: this.whole }, (index) => readFrame(index, true));
  }

  /**
   * Opens the folder anew, since its metadata grow.
   * @throws InputError for what can never be followed
   */
  private async open(): Promise<void> {
    let opened: ZarrRecording;
    try {
      opened = await openZarrRecording(this.path);
    } catch (error) {
      this.refuse(error);
      return;
    }
    this.refusal = { message: "", looks: 0 };
    this.check(opened);
    const [before, now] = [this.recording?.info.frames, opened.info.frames];
    if (before !== undefined && now !== before) this.resized = now > before ? "up" : "down";
    this.recording = opened;
    this.first ??= opened.info;
  }

  /** Metadata that are not there, or half written, are waited for. */
  private refuse(error: unknown): void {
    if (!(error instanceof InputError)) throw error;
    const { message, code } = error;
    const looks = message === this.refusal.message ? this.refusal.looks + 1 : 1;
    this.refusal = { message, looks };
    if (!NOT_BEGUN.includes(code) && looks >= PATIENT_LOOKS) throw error;
  }

  /** @throws InputError INPUT_FORMAT, INPUT_SIZE */
  private check({ info, severalAFile }: ZarrRecording): void {
    if (severalAFile) {
      throw new InputError("INPUT_FORMAT", {
        subject: this.path,
        expected: "a file or more for each frame, to be followed",
        found: "chunks or shards of several frames, which may be written in parts",
        advice: "Count it without --follow once it is written, or record with chunks of one frame.",
      });
    }
    const { first } = this;
    if (!first) return;
    checkSame(this.path, info, first);
    const [now, before] = [info.layout, first.layout].map((layout) => [
      layout?.channels ?? 1,
      layout?.slices ?? 1,
    ]);
    if (now!.join() === before!.join()) return;
    throw new InputError("INPUT_SIZE", {
      subject: this.path,
      expected: `${before!.join(" x ")} channels and slices as before`,
      found: now!.join(" x "),
      advice: "Only a recording that grows in time can be followed; count it once it is written.",
    });
  }
}

import type { FrameQueue } from "./dispatcher.js";
import type { Source } from "./fair-queue.js";

/** What the engine's two threads have to do: small frames in the one, large ones in the other. */
export type Lane = "small" | "large";

/**
 * A stream's place in the fair queue.
 * Its piece of work is a frame, or a step of the large frame that is under way.
 */
export class StreamTurns implements Source {
  /** Whether one of its large frames has begun and has not ended. */
  isUnderWay = false;
  /** Whether nobody wants its answers any more. */
  isGivenUp = false;
  /** Pixels of a frame. */
  readonly pixels: number;
  /** Pixels of a piece. */
  readonly cost: number;
  readonly batchKey: string;
  private granted: ((goesOn: boolean) => void) | undefined;

  /** @param steps of each of its frames; 1 for frames that are counted whole */
  constructor(
    readonly source: FrameQueue,
    readonly steps: number,
  ) {
    this.pixels = source.width * source.height;
    this.cost = this.pixels / steps;
    this.batchKey = source.batchKey;
  }

  get sharers(): number {
    return Math.max(1, this.source.owner.busyStreams);
  }

  /** The engine's thread that counts its frames. */
  get lane(): Lane {
    return this.source.model.countsApart ? "large" : "small";
  }

  /** Pieces that can be served now. */
  get waiting(): number {
    if (this.isUnderWay) return this.granted ? 1 : 0;
    return this.steps === 1 ? this.source.waiting : Math.min(1, this.source.waiting);
  }

  /** Waits for the next step's turn; false where the frame is given up. */
  wait(): Promise<boolean> {
    return new Promise((resolve) => {
      this.granted = resolve;
    });
  }

  /** Gives the turn that is waited for. */
  grant(): void {
    this.settle(true);
  }

  /** Ends the frame that is under way, if there is one, before its next step. */
  giveUp(): void {
    this.isGivenUp = true;
    this.settle(false);
  }

  private settle(goesOn: boolean): void {
    const { granted } = this;
    this.granted = undefined;
    granted?.(goesOn);
  }
}

import type { ServerMessage } from "../../protocol/codec.js";

/** A frame that waits for its answer. */
export interface Unanswered {
  /** The answer, while those of earlier frames are missing. */
  reply?: ServerMessage;
}

/** Puts answers into the order of their frames. */
export class OrderedAnswers<F extends Unanswered> {
  /** Oldest first. */
  private frames: F[] = [];

  /** Frames that were received and not answered. */
  get pending(): number {
    return this.frames.length;
  }

  add(frame: F): void {
    this.frames.push(frame);
  }

  /** Forgets a frame that is answered out of turn. */
  remove(frame: F): void {
    this.frames = this.frames.filter((other) => other !== frame);
  }

  /**
   * Takes the answer to a frame.
   * @returns the answers whose turn it is now, in order
   */
  settle(frame: F, reply: ServerMessage): ServerMessage[] {
    frame.reply = reply;
    const ready: ServerMessage[] = [];
    for (const { reply: next } of this.frames) {
      if (!next) break;
      ready.push(next);
    }
    this.frames.splice(0, ready.length);
    return ready;
  }
}

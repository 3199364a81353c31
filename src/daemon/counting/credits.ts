import { WIRE_LIMITS } from "../../base/limits.js";

/** How many frames a client may have under way in a stream. */
export class Credits {
  readonly total: number;
  /** Most bytes of frames and answers under way. */
  readonly bytes: number;
  /** Used by the client and not granted again. */
  private used = 0;
  /** Answers that were not yet granted for. */
  private owed = 0;

  /** @param answerBytes bytes of the map in an answer; 0 where none is sent */
  constructor(frameBytes: number, answerBytes: number) {
    const { creditBytes, minCredits, maxCredits, maxStreamBytes } = WIRE_LIMITS;
    const fitting = Math.floor(creditBytes / frameBytes);
    const usual = Math.min(maxCredits, Math.max(minCredits, fitting));
    const both = frameBytes + answerBytes;
    this.total = Math.max(1, Math.min(usual, Math.floor(maxStreamBytes / both)));
    this.bytes = this.total * both;
  }

  /**
   * Counts a frame that was received.
   * @returns whether the client had a credit for it
   */
  use(): boolean {
    if (this.used >= this.total) return false;
    this.used++;
    return true;
  }

  /**
   * Counts an answer.
   * @returns credits to grant the client now; 0 where it gets them later
   */
  earn(): number {
    this.owed++;
    // Fewer, larger grants: half of the credits at a time never leaves a client without any.
    if (this.owed * 2 < this.total) return 0;
    const granted = this.owed;
    this.used -= granted;
    this.owed = 0;
    return granted;
  }
}

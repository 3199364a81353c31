import { WIRE_LIMITS } from "../../base/limits.js";

/** How many frames a client may have under way in a stream. */
export class Credits {
  readonly total: number;
  /** Used by the client and not granted again. */
  private used = 0;
  /** Answers that were not yet granted for. */
  private owed = 0;

  constructor(frameBytes: number) {
    const fitting = Math.floor(WIRE_LIMITS.creditBytes / frameBytes);
    this.total = Math.min(WIRE_LIMITS.maxCredits, Math.max(WIRE_LIMITS.minCredits, fitting));
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

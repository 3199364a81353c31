/** How far a frame's counts are to be trusted. */
export interface FrameCertainty {
  /** Of 100 counts, 68 are off by at most this, and 95 by at most twice this. */
  countError: number;
  /** The same for the max local count; absent for another square than the model's. */
  maxLocalCountError?: number;
  /** Share of the count that is away from any spot. */
  away: number;
  /** Why the frame is unlike those that the model was trained on; empty if it is like them. */
  unlike: string;
}

/**
 * A certainty with a further reason why the frame is unlike the training's: its origin.
 * @param reason may be empty
 */
export function withReason(certainty: FrameCertainty, reason: string): FrameCertainty {
  return certainty.unlike === "" && reason !== "" ? { ...certainty, unlike: reason } : certainty;
}

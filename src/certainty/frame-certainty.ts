/** How far a frame's counts are to be trusted. */
export interface FrameCertainty {
  /** Of 100 counts, 68 are off by no more than this, and 95 by no more than twice this. */
  countError: number;
  /** The same of the max local count; absent for a window other than the model's. */
  maxLocalCountError?: number;
  /** Share of the count that lies away from any spot. */
  away: number;
  /** Why the frame is unlike those that the model was trained on; empty where it is like them. */
  unlike: string;
}

/** A frame that is like those of the training in itself may be unlike them by what is known of where it comes from. @param reason empty where nothing is */
export function withReason(certainty: FrameCertainty, reason: string): FrameCertainty {
  return certainty.unlike === "" && reason !== "" ? { ...certainty, unlike: reason } : certainty;
}

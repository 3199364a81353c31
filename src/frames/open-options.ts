/** How frames are opened, besides by their name. */
export interface OpenOptions {
  /** For frames of several values a pixel, such as RGB: the one that is read, from 1. */
  channel?: number | undefined;
  /** Whether the whole frames of a file that was cut off are read. */
  salvage?: boolean | undefined;
  /**
   * What stands for pixels that are not a finite number: "median", that of the finite pixels
   * around them. They are read as they are where this is left out.
   */
  replaceInvalid?: "median" | undefined;
}

/** Counts the frames of a camera that numbers them one by one, but did not hand all of them on. */
export class MissingFrames {
  /** Frames whose ids never came. */
  count = 0;
  private last: bigint | undefined;

  /**
   * Takes the id of the next frame that came.
   * An id that is not above the one before begins anew, as a camera does that is started again.
   */
  see(id: bigint): void {
    if (this.last !== undefined && id > this.last) {
      this.count = Math.min(Number.MAX_SAFE_INTEGER, this.count + Number(id - this.last - 1n));
    }
    this.last = id;
  }
}

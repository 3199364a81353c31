/** Most buffers kept, and most bytes of all together. */
const KEPT_BUFFERS = 8;
const KEPT_BYTES = 67_108_864;

/**
 * Keeps buffers of frames and maps for the next ones of the same size.
 * A stream's buffers are large and all of one size. Making each anew costs fresh pages of memory,
 * and garbage collections that take processor time from the engine.
 */
export class BufferPool {
  private readonly kept: ArrayBuffer[] = [];

  /** A buffer of exactly this size, with arbitrary content. */
  take(bytes: number): ArrayBuffer {
    const at = this.kept.findIndex((buffer) => buffer.byteLength === bytes);
    return at < 0 ? new ArrayBuffer(bytes) : this.kept.splice(at, 1)[0]!;
  }

  /**
   * Takes back a buffer that nobody uses any more. When there are too many, the oldest is dropped.
   */
  give(buffer: ArrayBuffer): void {
    if (buffer.byteLength === 0 || buffer.byteLength > KEPT_BYTES) return;
    this.kept.push(buffer);
    while (this.kept.length > KEPT_BUFFERS || this.bytes > KEPT_BYTES) this.kept.shift();
  }

  private get bytes(): number {
    return this.kept.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }
}

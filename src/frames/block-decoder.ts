import { InputError } from "../base/errors.js";
import { WorkerLink } from "../base/worker-link.js";
import type { CompressedBlock } from "./tiff-compression.js";

/** Bounds of the thread. A block of the largest frame that a camera takes needs far less. */
const BOUNDS = {
  /** JavaScript's own memory, MB. */
  memory: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 },
  /** Longest time for one block, milliseconds. */
  time: 60_000,
} as const;

/**
 * Undoes compressions with geotiff's decoders, in a thread of its own.
 * A damaged block can end the thread, but not the program. The thread starts with the first block,
 * and anew after one that ended it.
 */
export class BlockDecoder {
  private link: WorkerLink<CompressedBlock, Uint8Array> | undefined;

  /** @param subject the file, for messages */
  constructor(private readonly subject: string) {}

  /**
   * Decompresses a block.
   * @throws InputError INPUT_FORMAT for damaged data, and data that takes too long or too much
   */
  async decode(block: CompressedBlock): Promise<Uint8Array> {
    if (!this.link || this.link.isLost) this.link = this.start();
    const { link } = this;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      void link.terminate();
    }, BOUNDS.time);
    try {
      return await link.ask(block);
    } catch (error) {
      throw late ? this.trouble(`no end after ${BOUNDS.time / 1000} s`) : error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    await this.link?.terminate();
    this.link = undefined;
  }

  private start(): WorkerLink<CompressedBlock, Uint8Array> {
    const script = new URL("./block-decoder-worker.js", import.meta.url);
    // geotiff takes any thread that is given nothing for one of its own.
    return new WorkerLink(script, {}, (reason) => this.trouble(reason), BOUNDS.memory);
  }

  private trouble(found: string): InputError {
    return new InputError("INPUT_FORMAT", {
      subject: this.subject,
      expected: "pixels that can be decompressed",
      found,
      advice: "The file is damaged; copy or save it again.",
    });
  }
}

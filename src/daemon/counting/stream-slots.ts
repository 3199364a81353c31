import { ProtocolError } from "../../base/errors.js";
import { SLOT_LIMITS } from "../../base/limits.js";
import {
  SlotFile,
  type SlotLayout,
  type SlotPlace,
  slotFileBytes,
  slotLayout,
} from "../../base/slot-file.js";

/** The room that the slot files of all streams have together. */
export class SlotRoom {
  private bytes = 0;

  /**
   * Makes the slots of a stream.
   * @param count as many as frames may be under way
   * @param densityBytes 0 where no maps are sent back
   * @returns undefined where messages do as well, or there is no room
   */
  async create(count: number, frameBytes: number, densityBytes: number): Promise<StreamSlots | undefined> {
    const { minBytes, maxFileBytes, maxAllBytes } = SLOT_LIMITS;
    const layout: SlotLayout = slotLayout(count, frameBytes, densityBytes);
    const bytes = slotFileBytes(layout);
    if (frameBytes + densityBytes < minBytes || bytes > maxFileBytes) return undefined;
    if (this.bytes + bytes > maxAllBytes) return undefined;
    // Before the wait: others may ask meanwhile.
    this.bytes += bytes;
    const file = await SlotFile.create(layout);
    if (!file) this.bytes -= bytes;
    return file && new StreamSlots(file, () => (this.bytes -= bytes));
  }
}

/** The slots through which one stream's frames and maps go. */
export class StreamSlots {
  private readonly used = new Set<number>();

  constructor(
    private readonly file: SlotFile,
    private readonly onClose: () => void,
  ) {}

  /** What the client is told. */
  get place(): SlotPlace {
    return this.file.place;
  }

  /**
   * Takes a slot for a frame until {@link free}.
   * @param subject the frame, for the error
   * @throws ProtocolError PROTOCOL_STREAM where the slot is not there or in use
   */
  take(slot: number, subject: string): void {
    // The client has opened the file: no other needs its name.
    this.file.unname();
    if (slot < this.place.count && !this.used.has(slot)) {
      this.used.add(slot);
      return;
    }
    throw new ProtocolError("PROTOCOL_STREAM", {
      subject,
      expected: `a free slot of ${this.place.count}`,
      found: slot < this.place.count ? `slot ${slot}, whose frame has no answer yet` : `slot ${slot}`,
    });
  }

  free(slot: number): void {
    this.used.delete(slot);
  }

  /**
   * Copies a slot's frame.
   * @throws ProtocolError PROTOCOL_STREAM where the file was made shorter
   */
  readFrame(slot: number, target: Uint8Array): void {
    if (this.file.readFrame(slot, target)) return;
    throw new ProtocolError("PROTOCOL_STREAM", {
      subject: `slot ${slot}`,
      expected: `a frame of ${target.length} bytes`,
      found: "fewer",
      advice: "Write the whole frame before it is announced.",
    });
  }

  /** @returns whether the slot has the map now */
  writeDensity(slot: number, bytes: Uint8Array): boolean {
    return this.file.writeDensity(slot, bytes);
  }

  close(): void {
    this.file.unname();
    this.file.close();
    this.onClose();
  }
}

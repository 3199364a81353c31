import { SlotFile } from "../base/slot-file.js";
import type { ReceivedServerMessage } from "./codec.js";

type WireSlots = NonNullable<NonNullable<ReceivedServerMessage["streamOpened"]>["slots"]>;

/** The slots that a daemon offers; undefined where it offers none or is on another machine. */
export function clientSlots(offered: WireSlots | null | undefined): ClientSlots | undefined {
  if (!offered) return undefined;
  const file = SlotFile.open(offered);
  return file && new ClientSlots(file, offered.count);
}

/** A client's side of a stream's slots. */
export class ClientSlots {
  /** Slots without a frame under way, the next one last. Few are used again and again. */
  private readonly unused: number[];
  /** The slots of frames under way, by the frames' sequence numbers. */
  private readonly used = new Map<number, number>();

  constructor(
    private readonly file: SlotFile,
    count: number,
  ) {
    this.unused = Array.from({ length: count }, (_, i) => count - 1 - i);
  }

  /**
   * Puts a frame into a slot, which it has until {@link free}.
   * @returns the slot; undefined where it must go in a message
   */
  write(sequence: number, bytes: Uint8Array): number | undefined {
    const slot = this.unused.pop();
    if (slot === undefined) return undefined;
    if (this.used.has(sequence) || !this.file.writeFrame(slot, bytes)) {
      this.unused.push(slot);
      return undefined;
    }
    this.used.set(sequence, slot);
    return slot;
  }

  /** @returns whether the map of a frame was there as a whole */
  readDensity(sequence: number, target: Uint8Array): boolean {
    const slot = this.used.get(sequence);
    return slot !== undefined && this.file.readDensity(slot, target);
  }

  /** A frame has its answer. */
  free(sequence: number): void {
    const slot = this.used.get(sequence);
    if (slot === undefined) return;
    this.used.delete(sequence);
    this.unused.push(slot);
  }

  close(): void {
    this.file.close();
  }
}

import { randomBytes } from "node:crypto";
import { closeSync, constants, fstatSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { removeLeftOvers, temporaryPath } from "./left-overs.js";
import { readWhole, writeWhole } from "./whole-transfer.js";

/** Where the slots of a file are. Slot i begins at byte (i + 1) * slotBytes. */
export interface SlotLayout {
  count: number;
  slotBytes: number;
  /** Bytes from the beginning of a slot to its map. */
  densityOffset: number;
}

/** How a slot file is found by another program. */
export interface SlotPlace extends SlotLayout {
  path: string;
  /** The file's first bytes: another machine's file of the same path has others. */
  check: Uint8Array;
}

/** Slots begin on pages of the memory. */
const PAGE = 4096;
const CHECK_BYTES = 16;
/** Begins the name of each such file, after a point. */
const NAME = "defcon-fiji-slots";
/** Memory that has a path, on Linux. */
const MEMORY = "/dev/shm";

/** The layout of slots for frames and their maps, bytes each. */
export function slotLayout(count: number, frameBytes: number, densityBytes: number): SlotLayout {
  const densityOffset = pages(frameBytes);
  return { count, densityOffset, slotBytes: densityOffset + pages(densityBytes) };
}

/** Bytes of a file with this layout. */
export function slotFileBytes({ count, slotBytes }: SlotLayout): number {
  return (count + 1) * slotBytes;
}

/**
 * A file through which two programs of one machine pass frames and maps, slot by slot.
 * Nothing of it is on a disk where the system has files in memory. It is read and written, not
 * mapped: what another program does to the file shows as a failed call, and never ends this one.
 */
export class SlotFile {
  private file: number | undefined;
  private isNamed = true;

  private constructor(
    file: number,
    readonly place: SlotPlace,
  ) {
    this.file = file;
  }

  /**
   * Makes a file that this user's programs alone can open.
   * @returns undefined where none can be made
   */
  static async create(layout: SlotLayout): Promise<SlotFile | undefined> {
    return (await SlotFile.createIn(MEMORY, layout)) ?? SlotFile.createIn(tmpdir(), layout);
  }

  private static async createIn(folder: string, layout: SlotLayout): Promise<SlotFile | undefined> {
    const path = temporaryPath(join(folder, NAME), "partial");
    await removeLeftOvers(path);
    const check = randomBytes(CHECK_BYTES);
    let file: number | undefined;
    try {
      file = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o600);
      writeWhole(file, check, 0);
      return new SlotFile(file, { ...layout, path, check });
    } catch {
      if (file !== undefined) closeSync(file);
      rmSync(path, { force: true });
      return undefined;
    }
  }

  /**
   * Opens another program's file.
   * @returns undefined where it is not there, or is another file
   */
  static open(place: SlotPlace): SlotFile | undefined {
    if (!basename(place.path).startsWith(`.${NAME}.`)) return undefined;
    let file: number | undefined;
    try {
      // A pipe in its place must not block. Windows does not know the flag.
      file = openSync(place.path, constants.O_RDWR | (constants.O_NONBLOCK ?? 0));
      const found = new Uint8Array(place.check.length);
      if (fstatSync(file).isFile() && found.length > 0) readWhole(file, found, 0);
      if (found.length > 0 && Buffer.compare(found, place.check) === 0) return new SlotFile(file, place);
    } catch {
      // It is not there, or not for this user.
    }
    if (file !== undefined) closeSync(file);
    return undefined;
  }

  /** @returns whether the slot has the frame now */
  writeFrame(slot: number, bytes: Uint8Array): boolean {
    return this.use(writeWhole, bytes, this.placeOf(slot));
  }

  /** @returns whether the slot's frame was there as a whole */
  readFrame(slot: number, target: Uint8Array): boolean {
    return this.use(readWhole, target, this.placeOf(slot));
  }

  /** @returns whether the slot has the map now */
  writeDensity(slot: number, bytes: Uint8Array): boolean {
    return this.use(writeWhole, bytes, this.placeOf(slot) + this.place.densityOffset);
  }

  /** @returns whether the slot's map was there as a whole */
  readDensity(slot: number, target: Uint8Array): boolean {
    return this.use(readWhole, target, this.placeOf(slot) + this.place.densityOffset);
  }

  /** Takes the file's name away. Who has it open still uses it; nothing is left when both end. */
  unname(): void {
    if (!this.isNamed) return;
    this.isNamed = false;
    try {
      rmSync(this.place.path, { force: true });
    } catch {
      // Windows may keep the name until the file is closed everywhere.
    }
  }

  /** Nothing is read or written after this. */
  close(): void {
    if (this.file === undefined) return;
    closeSync(this.file);
    this.file = undefined;
  }

  private placeOf(slot: number): number {
    return (slot + 1) * this.place.slotBytes;
  }

  private use(call: typeof readWhole, bytes: Uint8Array, position: number): boolean {
    if (this.file === undefined) return false;
    try {
      return call(this.file, bytes, position);
    } catch {
      return false;
    }
  }
}

function pages(bytes: number): number {
  return Math.ceil(bytes / PAGE) * PAGE;
}

import { createHash } from "node:crypto";
import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Unzip, UnzipInflate } from "fflate";
import { throwIfCancelled } from "../base/cancelled.js";
import { DiskWatch } from "../base/disk-space.js";
import { DefconError, InputError, messageOf, notWritable, systemErrorCode } from "../base/errors.js";
import { DEVICE_LIMITS } from "../base/limits.js";
import { openFile } from "../base/regular-file.js";

/** Wheels are read in pieces of this size, so that the event loop is never blocked for long. */
const PIECE_BYTES = 262_144;
/** The lists that a wheel keeps of itself: NAME-VERSION.dist-info/RECORD and others. */
const OWN_LIST = /^[^/]+\.dist-info\/(METADATA|WHEEL|RECORD)$/;

/** What was taken out of a wheel. */
export interface Unpacked {
  /** The package's name and version, as the wheel says them. */
  name: string;
  version: string;
  /** The systems that it is for: "cp312-cp312-manylinux_2_28_x86_64" ... */
  tags: string[];
  /** Sizes of the files that were taken, by their place below the folder. */
  files: Map<string, number>;
  /** SHA-256 of the wheel itself, in hexadecimal. */
  sha256: string;
}

/**
 * Takes some files out of a wheel of Python, and compares each with the hash in the wheel's RECORD.
 * @param placeOf the place of a file below the folder, parts joined by "/"; undefined to leave it
 * @throws InputError INPUT_NOT_FOUND; INPUT_FORMAT for a wheel that is damaged, or where a hash
 * differs; INPUT_OPTION for a file that is in the folder already; OUTPUT_WRITE, OUTPUT_SPACE;
 * DefconError CANCELLED. The folder then holds parts of files.
 */
export async function unpackWheel(
  path: string,
  folder: string,
  placeOf: (name: string) => string | undefined,
  signal?: AbortSignal,
): Promise<Unpacked> {
  const handle = await openFile(path, "a wheel (.whl)");
  const reading = new WheelReading(path, folder, placeOf);
  const whole = createHash("sha256");
  try {
    const piece = Buffer.alloc(PIECE_BYTES);
    const { size } = await handle.stat();
    for (let at = 0; at < size; ) {
      throwIfCancelled(signal);
      const { bytesRead } = await handle.read(piece, 0, PIECE_BYTES, at);
      if (bytesRead === 0) break;
      at += bytesRead;
      const bytes = piece.subarray(0, bytesRead);
      whole.update(bytes);
      await reading.push(bytes, at >= size);
    }
    return { ...(await reading.end()), sha256: whole.digest("hex") };
  } catch (cause) {
    await reading.abandon();
    throw cause instanceof DefconError
      ? cause
      : damaged(path, "a wheel, which is a zip archive", messageOf(cause));
  } finally {
    await handle.close();
  }
}

/** A file that is being written. */
interface Writing {
  readonly place: string;
  /** Absent until its first bytes come. */
  file?: FileHandle;
  readonly hash: ReturnType<typeof createHash>;
  bytes: number;
}

/** A wheel that is being read, piece by piece. */
class WheelReading {
  private readonly lists = new Map<string, Buffer[]>();
  private readonly written = new Map<string, Writing>();
  /** What the piece at hand has added to files. */
  private added: [Writing, Uint8Array][] = [];
  private unpacked = 0;
  private readonly disk: DiskWatch;
  private readonly unzip: Unzip;

  constructor(
    private readonly path: string,
    private readonly folder: string,
    placeOf: (name: string) => string | undefined,
  ) {
    this.disk = new DiskWatch(folder);
    this.unzip = new Unzip((entry) => {
      const place = placeOf(entry.name);
      const list = OWN_LIST.exec(entry.name)?.[1];
      if (place === undefined && list === undefined) return;
      if (this.written.has(entry.name) || (list && this.lists.has(list))) {
        throw damaged(path, "each file once", `${entry.name} twice`);
      }
      const take = list ? this.takeList(list) : this.takeFile(entry.name, place!);
      entry.ondata = (error, bytes) => {
        if (error) throw error;
        this.unpacked += bytes.length;
        if (this.unpacked > DEVICE_LIMITS.maxUnpackedBytes) {
          throw damaged(path, `at most ${DEVICE_LIMITS.maxUnpackedBytes} bytes when unpacked`, "more");
        }
        take(bytes);
      };
      entry.start();
    });
    this.unzip.register(UnzipInflate);
  }

  async push(bytes: Uint8Array, isLast: boolean): Promise<void> {
    this.unzip.push(bytes, isLast);
    const { added } = this;
    this.added = [];
    for (const [writing, piece] of added) await this.write(writing, piece);
  }

  /** Closes the files and compares them with the RECORD. */
  async end(): Promise<Omit<Unpacked, "sha256">> {
    await this.close().catch((cause: unknown) => {
      throw notWritable(this.folder, cause);
    });
    const metadata = this.listOf("METADATA");
    const field = (name: string) => new RegExp(`^${name}: *(.+?)\\r?$`, "m").exec(metadata)?.[1] ?? "";
    const record = new Map(this.listOf("RECORD").split(/\r?\n/).map(recordRow));
    for (const [name, { hash }] of this.written) {
      const [expected, found] = [record.get(name), `sha256=${hash.digest("base64url")}`];
      if (expected === found) continue;
      throw damaged(this.path, `${name} with ${expected || "a hash in its RECORD"}`, found);
    }
    return {
      name: field("Name")
        .toLowerCase()
        .replaceAll(/[-_.]+/g, "-"),
      version: field("Version"),
      tags: [...this.listOf("WHEEL").matchAll(/^Tag: *(.+?)\r?$/gm)].map(([, tag]) => tag!),
      files: new Map([...this.written.values()].map(({ place, bytes }) => [place, bytes])),
    };
  }

  async abandon(): Promise<void> {
    await this.close().catch(() => undefined);
  }

  private takeList(list: string): (bytes: Uint8Array) => void {
    const pieces: Buffer[] = [];
    this.lists.set(list, pieces);
    let size = 0;
    return (bytes) => {
      size += bytes.length;
      if (size > DEVICE_LIMITS.maxListBytes) {
        throw damaged(this.path, `a ${list} of at most ${DEVICE_LIMITS.maxListBytes} bytes`, "more");
      }
      pieces.push(Buffer.from(bytes));
    };
  }

  private takeFile(name: string, place: string): (bytes: Uint8Array) => void {
    const writing: Writing = { place, hash: createHash("sha256"), bytes: 0 };
    this.written.set(name, writing);
    return (bytes) => this.added.push([writing, bytes]);
  }

  private async write(writing: Writing, bytes: Uint8Array): Promise<void> {
    this.disk.grow(bytes.length);
    writing.hash.update(bytes);
    writing.bytes += bytes.length;
    const path = join(this.folder, ...writing.place.split("/"));
    try {
      writing.file ??= await created(path);
      await writing.file.writeFile(bytes);
    } catch (cause) {
      if (systemErrorCode(cause) !== "EEXIST") throw notWritable(path, cause);
      throw new InputError("INPUT_OPTION", {
        subject: this.path,
        expected: "files that no other wheel has",
        found: `${writing.place}, which was taken from a wheel before it`,
        advice: "Nothing was added. Name each wheel once, and one of each package.",
      });
    }
  }

  private async close(): Promise<void> {
    for (const { file } of this.written.values()) {
      await file?.sync();
      await file?.close();
    }
  }

  /** @throws InputError INPUT_FORMAT */
  private listOf(list: string): string {
    const pieces = this.lists.get(list);
    if (!pieces) throw damaged(this.path, `a wheel with a ${list}`, "none in it");
    return Buffer.concat(pieces).toString("utf8");
  }
}

/** A row of a RECORD: a file and its hash. A name with a comma is in quotes, which no file here has. */
function recordRow(row: string): [name: string, hash: string] {
  const end = row.lastIndexOf(",");
  const middle = row.lastIndexOf(",", end - 1);
  return middle < 0 ? ["", ""] : [row.slice(0, middle), row.slice(middle + 1, end)];
}

function damaged(path: string, expected: string, found: string): InputError {
  return new InputError("INPUT_FORMAT", {
    subject: path,
    expected,
    found,
    advice: "Nothing was added. Fetch the wheel again.",
  });
}

async function created(path: string): Promise<FileHandle> {
  await mkdir(dirname(path), { recursive: true });
  return open(path, "wx");
}

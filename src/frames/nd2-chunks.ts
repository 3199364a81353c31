import { anotherKind, damagedFile, notRead, type RandomFile } from "./random-file.js";

/** The bytes at the start of each chunk, and of older files, which hold JPEG 2000. */
const CHUNK_MAGIC = 0x0abeceda;
const JPEG_2000 = 0x0c000000;
/** Magic, length of the name's place, length of the data. */
const CHUNK_HEADER_BYTES = 16;
const FILE_SIGNATURE = "ND2 FILE SIGNATURE CHUNK NAME01!";
const MAP_NAME = "ND2 FILEMAP SIGNATURE NAME 0001!";
const MAP_SIGNATURE = "ND2 CHUNK MAP SIGNATURE 0000001!";
/** Bytes at the end of a file: the signature of the map and its place. */
const MAP_PLACE_BYTES = 40;
/** Most bytes of the map, about forty for each frame, and of a description. */
const MOST_MAP_BYTES = 536_870_912;
const MOST_DESCRIPTION_BYTES = 67_108_864;
/** Longest name of a chunk with the zeros after it, bytes. */
const MOST_NAME_BYTES = 65_536;

/** Where the data of a chunk lie, bytes. */
interface ChunkData {
  start: number;
  length: number;
}

/** The chunks of an .nd2 file by their names, as the map at its end lists them. */
export class Nd2Chunks {
  private constructor(
    private readonly file: RandomFile,
    private readonly places: ReadonlyMap<string, number>,
  ) {}

  /**
   * Reads the map. @throws InputError INPUT_FORMAT, INPUT_TRUNCATED
   */
  static async read(file: RandomFile): Promise<Nd2Chunks> {
    const { path } = file;
    const head = await file.read(
      0,
      CHUNK_HEADER_BYTES + FILE_SIGNATURE.length + 8,
      "the header of an .nd2 file",
    );
    const magic = head.readUInt32LE(0);
    if (magic === JPEG_2000) throw oldFile(path, "an older file with JPEG 2000 inside");
    const signature = head.toString("latin1", CHUNK_HEADER_BYTES, CHUNK_HEADER_BYTES + FILE_SIGNATURE.length);
    if (magic !== CHUNK_MAGIC || signature !== FILE_SIGNATURE) {
      throw anotherKind(path, "a recording of NIS-Elements (.nd2)", head);
    }
    const version = head.toString("latin1", head.length - 8).replace(/\0.*$/s, "");
    if (!/^Ver[3-9]\.\d/.test(version))
      throw oldFile(path, `version ${version.replace(/^Ver/, "") || "unknown"}`);
    const place = await file.read(file.size - MAP_PLACE_BYTES, MAP_PLACE_BYTES, "the map of the file");
    if (place.toString("latin1", 0, MAP_SIGNATURE.length) !== MAP_SIGNATURE) {
      throw damagedFile(
        path,
        "the place of its map at the end of the file",
        "other bytes",
        "The file is cut off, or was never closed; copy it again, or save it anew in NIS-Elements.",
      );
    }
    const at = Number(place.readBigUInt64LE(MAP_SIGNATURE.length));
    const { start, length } = await chunkAt(file, at, MAP_NAME);
    if (length > MOST_MAP_BYTES)
      throw damagedFile(path, `a map of at most ${MOST_MAP_BYTES} bytes`, `${length}`);
    return new Nd2Chunks(file, parseMap(path, await file.read(start, length, "the map of the file")));
  }

  has(name: string): boolean {
    return this.places.has(name);
  }

  /** How many chunks have names that start so. */
  count(prefix: string): number {
    let count = 0;
    for (const name of this.places.keys()) if (name.startsWith(prefix)) count++;
    return count;
  }

  /** @throws InputError INPUT_FORMAT where the chunk is not at its place, INPUT_TRUNCATED */
  async find(name: string): Promise<ChunkData> {
    const at = this.places.get(name);
    if (at === undefined) throw damagedFile(this.file.path, `a chunk ${name}`, "none");
    return chunkAt(this.file, at, name);
  }

  /** The bytes of a description. @throws as {@link find} */
  async description(name: string): Promise<Buffer> {
    const { start, length } = await this.find(name);
    if (length > MOST_DESCRIPTION_BYTES) {
      throw damagedFile(this.file.path, `${name} of at most ${MOST_DESCRIPTION_BYTES} bytes`, `${length}`);
    }
    return this.file.read(start, length, name);
  }
}

async function chunkAt(file: RandomFile, at: number, name: string): Promise<ChunkData> {
  const head = await file.read(at, CHUNK_HEADER_BYTES + name.length, `the chunk ${name}`);
  const nameBytes = head.readUInt32LE(4);
  const found = head.toString("latin1", CHUNK_HEADER_BYTES);
  if (head.readUInt32LE(0) !== CHUNK_MAGIC || found !== name || nameBytes > MOST_NAME_BYTES) {
    throw damagedFile(file.path, `the chunk ${name} at byte ${at}`, "other bytes");
  }
  return { start: at + CHUNK_HEADER_BYTES + nameBytes, length: Number(head.readBigUInt64LE(8)) };
}

/** Names up to "!", each with a place and a length; the map's signature ends them. */
function parseMap(path: string, map: Buffer): Map<string, number> {
  const places = new Map<string, number>();
  for (let at = 0; at < map.length; ) {
    const end = map.indexOf(0x21, at) + 1;
    if (end === 0 || end + 8 > map.length) break;
    const name = map.toString("latin1", at, end);
    if (name === MAP_SIGNATURE) return places;
    if (end + 16 > map.length) break;
    places.set(name, Number(map.readBigUInt64LE(end)));
    at = end + 16;
  }
  throw damagedFile(path, "the end of its map", "none");
}

function oldFile(path: string, found: string) {
  return notRead(
    path,
    "an .nd2 file of version 3 or newer",
    found,
    "Save it as tif or anew as .nd2 in NIS-Elements.",
  );
}

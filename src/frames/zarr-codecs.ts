import { promisify } from "node:util";
import { gunzip, inflate } from "node:zlib";

/** What zarrita gives to a codec about its chunk. */
interface ChunkMeta {
  dataType: string;
  shape: readonly number[];
}

interface Decoder {
  decode(bytes: Uint8Array): Promise<Uint8Array> | Uint8Array;
}

interface CodecEntry {
  fromConfig(config: unknown, meta: ChunkMeta): Decoder;
}

type Registry = Map<string, () => Promise<CodecEntry>>;

/** Bytes that a codec inside another may add to a chunk's values, such as a checksum. */
const MOST_EXTRA_BYTES = 64;

/**
 * Makes the codecs of compressed chunks give no more bytes than a chunk has.
 * A damaged file can announce gigabytes, which would be taken before the first byte is unpacked.
 */
export function boundCodecs(registry: unknown): void {
  const codecs = registry as Registry;
  for (const prefix of ["", "numcodecs."]) {
    bound(codecs, `${prefix}blosc`, bloscBytes);
    bound(codecs, `${prefix}zstd`, zstdBytes);
    bound(codecs, `${prefix}lz4`, (bytes) => uint32(bytes, 0));
    codecs.set(`${prefix}gzip`, zlibCodec(promisify(gunzip)));
    codecs.set(`${prefix}zlib`, zlibCodec(promisify(inflate)));
  }
}

/** Checks the size that the compressed bytes announce before they are unpacked. */
function bound(codecs: Registry, name: string, announced: (bytes: Uint8Array) => number | undefined): void {
  const load = codecs.get(name);
  if (!load) return;
  codecs.set(name, async () => {
    const entry = await load();
    return {
      fromConfig(config, meta) {
        const codec = entry.fromConfig(config, meta);
        const most = chunkBytes(meta);
        return {
          kind: "bytes_to_bytes",
          decode(bytes) {
            const size = announced(bytes);
            if (size !== undefined && size > most) throw new Error(`${size} bytes in a chunk of ${most}`);
            return codec.decode(bytes);
          },
        };
      },
    } satisfies CodecEntry & { fromConfig: (...args: never[]) => Decoder & { kind: string } };
  });
}

function zlibCodec(
  unpack: (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Uint8Array>,
): () => Promise<CodecEntry> {
  return async () => ({
    fromConfig: (_, meta) => ({
      kind: "bytes_to_bytes",
      decode: (bytes: Uint8Array) => unpack(bytes, { maxOutputLength: chunkBytes(meta) }),
    }),
  });
}

function chunkBytes({ dataType, shape }: ChunkMeta): number {
  const bits = Number(/\d+$/.exec(dataType)?.[0] ?? 8);
  return shape.reduce((product, side) => product * side, bits / 8) + MOST_EXTRA_BYTES;
}

/** Blosc's header has the size of the unpacked and of the packed bytes. */
function bloscBytes(bytes: Uint8Array): number {
  if (bytes.length < 16 || uint32(bytes, 12) !== bytes.length)
    throw new Error("a chunk that Blosc did not end");
  return uint32(bytes, 4);
}

/** The size in the header of Zstandard's first frame (RFC 8878, 3.1.1.1), which may be left out. */
function zstdBytes(bytes: Uint8Array): number | undefined {
  const descriptor = bytes[4] ?? 0;
  const single = (descriptor >> 5) & 1;
  const [sizeFlag, dictionaryFlag] = [descriptor >> 6, descriptor & 3];
  const at = 5 + (single ? 0 : 1) + [0, 1, 2, 4][dictionaryFlag]!;
  const length = sizeFlag === 0 ? single : 2 ** sizeFlag;
  if (length === 0 || at + length > bytes.length) return undefined;
  if (length === 8) return uint32(bytes, at) + 2 ** 32 * uint32(bytes, at + 4);
  if (length === 4) return uint32(bytes, at);
  return length === 2 ? 256 + bytes[at]! + 256 * bytes[at + 1]! : bytes[at]!;
}

function uint32(bytes: Uint8Array, at: number): number {
  if (at + 4 > bytes.length) throw new Error("a chunk that ends too early");
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(at, true);
}

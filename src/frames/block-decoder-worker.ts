import { getDecoder } from "geotiff";
import { answerRequests } from "../base/worker-answers.js";
import { checkBlockHead } from "./block-heads.js";
import type { CompressedBlock } from "./tiff-compression.js";

/** The number that geotiff knows ZSTD by, and the one that some programs write. */
const [ZSTD, OTHER_ZSTD] = [50_000, 34_926];
/** What geotiff's decoders are told: its own type lacks what two of them take besides. */
type DecoderParameters = Parameters<typeof getDecoder>[1] & {
  LercParameters: number[];
  JPEGTables?: Uint8Array;
};
/** TIFF's predictors are undone elsewhere, for all compressions alike. */
const NO_PREDICTOR = 1;
/** Values of a pixel lie side by side in the blocks that are decoded here. */
const SIDE_BY_SIDE = 1;

answerRequests<object, CompressedBlock, Uint8Array>(
  () => decode,
  (answer) => [answer.buffer as ArrayBuffer],
);

async function decode(block: CompressedBlock): Promise<Uint8Array> {
  const { compression, stored, width, height, samples, bits, jpegTables, lercParameters } = block;
  checkBlockHead(block);
  const parameters: DecoderParameters = {
    tileWidth: width,
    tileHeight: height,
    predictor: NO_PREDICTOR,
    bitsPerSample: new Array<number>(samples).fill(bits),
    planarConfiguration: SIDE_BY_SIDE,
    samplesPerPixel: samples,
    ...(jpegTables.length > 0 && { JPEGTables: Uint8Array.from(jpegTables) }),
    LercParameters: lercParameters,
  };
  const decoder = await getDecoder(compression === OTHER_ZSTD ? ZSTD : compression, parameters);
  const bytes = stored.buffer.slice(stored.byteOffset, stored.byteOffset + stored.byteLength);
  return new Uint8Array(await decoder.decode(bytes));
}

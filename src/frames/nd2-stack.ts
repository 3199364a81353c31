import { messageOf } from "../base/errors.js";
import type { Calibration, StackInfo } from "./frame.js";
import { Nd2Chunks } from "./nd2-chunks.js";
import { type Nd2Level, type Nd2Value, readNd2Variant } from "./nd2-variant.js";
import { NUMBER_TYPES, type NumberType } from "./number-types.js";
import { RandomFile, wrongFile } from "./random-file.js";
import { rawStack } from "./raw-stack.js";
import type { StackReader } from "./stack-reader.js";

/** Bytes of a frame's time, before its pixels. */
const TIME_BYTES = 8;
const PIXEL_TYPES: Record<number, NumberType> = { 8: "u1", 16: "u2", 32: "f4" };
/** The number that stands for no compression; lossless and lossy are 0 and 1. */
const UNCOMPRESSED = 2;
const COMPRESSIONS = ["lossless compression", "lossy compression"];
/** Numbers of the loops of an experiment. */
const LOOPS = { time: 1, slices: 4 };

/**
 * Opens a recording of NIS-Elements: .nd2 of version 3, uncompressed, one channel.
 * Frames are chunks of the file with their names in its map. Sizes, pixel size and the loops over
 * times and slices stand in descriptions. Reference: the package nd2.
 * @throws InputError INPUT_NOT_FOUND, INPUT_FORMAT, INPUT_TRUNCATED, INPUT_SIZE
 */
export function openNd2Stack(path: string): Promise<StackReader> {
  return RandomFile.with(path, "a recording of NIS-Elements (.nd2)", async (file) => {
    const chunks = await Nd2Chunks.read(file);
    const describe = async (chunk: string, name: string) => {
      const description = readDescription(path, chunk, await chunks.description(chunk));
      return levelOf(description[name] ?? description);
    };
    const attributes = await describe("ImageAttributesLV!", "SLxImageAttributes");
    const { width, height, frames, type, rowBytes } = readAttributes(path, attributes, chunks);
    const metadata = "ImageMetadataSeqLV|0!";
    const picture = chunks.has(metadata) ? await describe(metadata, "SLxPictureMetadata") : {};
    const experiment = "ImageMetadataLV!";
    const loops = chunks.has(experiment) ? await describe(experiment, "SLxExperiment") : {};
    const layout = layoutOf(loops, frames);
    const frameBytes = (height - 1) * rowBytes + width * NUMBER_TYPES[type].bytes;
    return rawStack(file, {
      ...{ width, height, frames, type, littleEndian: true, rowBytes },
      calibration: calibrationOf(picture, loops),
      ...(layout && { layout }),
      offsetOf: async (index) => {
        const { start, length } = await chunks.find(`ImageDataSeq|${index}!`);
        if (length >= TIME_BYTES + frameBytes) return start + TIME_BYTES;
        throw wrongFile(
          `${path}, frame ${index + 1}`,
          `a chunk of at least ${TIME_BYTES + frameBytes} bytes`,
          `${length}`,
        );
      },
    });
  });
}

function readDescription(path: string, chunk: string, bytes: Buffer): Nd2Level {
  try {
    return readNd2Variant(bytes);
  } catch (cause) {
    throw wrongFile(path, `a description in ${chunk}`, messageOf(cause));
  }
}

function readAttributes(path: string, attributes: Nd2Level, chunks: Nd2Chunks) {
  const whole = (name: string): number => {
    const value = attributes[name];
    if (typeof value === "number" && Number.isSafeInteger(value) && value > 0) return value;
    throw wrongFile(path, `${name} in its attributes`, value === undefined ? "none" : String(value));
  };
  const compression = attributes.eCompression ?? UNCOMPRESSED;
  if (compression !== UNCOMPRESSED && COMPRESSIONS[Number(compression)] !== undefined) {
    const found = COMPRESSIONS[Number(compression)]!;
    throw wrongFile(
      path,
      "uncompressed frames",
      found,
      "Save the recording without compression, or as tif, in NIS-Elements.",
    );
  }
  const components = whole("uiComp");
  if (components !== 1) {
    throw wrongFile(
      path,
      "frames of one channel",
      `${components} channels or colours`,
      "Save the channel that has the molecules by itself in NIS-Elements.",
    );
  }
  const bits = whole("uiBpcInMemory");
  const type = PIXEL_TYPES[bits];
  if (!type) throw wrongFile(path, "pixels of 8, 16 or 32 bits", `${bits}`);
  const [width, height, frames] = [whole("uiWidth"), whole("uiHeight"), whole("uiSequenceCount")];
  const rowBytes = whole("uiWidthBytes");
  const packed = width * NUMBER_TYPES[type].bytes;
  if (rowBytes < packed) throw wrongFile(path, `rows of at least ${packed} bytes`, `${rowBytes}`);
  const listed = chunks.count("ImageDataSeq|");
  if (listed < frames) {
    throw wrongFile(
      path,
      `${frames} frames`,
      `${listed} in its map`,
      "The recording was stopped or the file is damaged; save it anew in NIS-Elements.",
    );
  }
  return { width, height, frames, type, rowBytes };
}

function calibrationOf(picture: Nd2Level, loops: Nd2Level): Calibration {
  const positive = (value: Nd2Value) =>
    typeof value === "number" && value > 0 && Number.isFinite(value) ? value : undefined;
  const side = picture.bCalibrated === false ? undefined : positive(picture.dCalibration);
  const own = levelOf(loops.uLoopPars);
  const period = loops.eType === LOOPS.time ? positive(own.dPeriod) : undefined;
  const depth = positive(parametersOf(loops, LOOPS.slices)?.dZStep);
  return {
    ...(side && { pixelWidth: side, pixelHeight: side, unit: "µm" }),
    ...(side && depth && { pixelDepth: depth }),
    ...(period && { frameInterval: period / 1000 }),
  };
}

/** Channels, slices and times, where the loops are slices inside times. */
function layoutOf(loops: Nd2Level, frames: number): StackInfo["layout"] {
  const kinds = nested(loops).map((loop) => loop.eType);
  const usual = kinds.join() === `${LOOPS.time},${LOOPS.slices}` || kinds.length === 1;
  const count = (kind: number) => Number(parametersOf(loops, kind)?.uiCount ?? 1);
  const [timePoints, slices] = [count(LOOPS.time), count(LOOPS.slices)];
  return usual && timePoints * slices === frames ? { channels: 1, slices, timePoints } : undefined;
}

function parametersOf(loops: Nd2Level, kind: number): Nd2Level | undefined {
  const loop = nested(loops).find((each) => each.eType === kind);
  return loop && levelOf(loop.uLoopPars);
}

/** A loop and those inside it, outermost first. */
function nested(loop: Nd2Level): Nd2Level[] {
  if (Object.keys(loop).length === 0) return [];
  const inner = loop.ppNextLevelEx;
  const next = Array.isArray(inner) ? inner[0] : inner;
  return [loop, ...nested(levelOf(next))];
}

/** A level, or none where there is another value. */
function levelOf(value: Nd2Value): Nd2Level {
  return typeof value === "object" && !Array.isArray(value) ? value : {};
}

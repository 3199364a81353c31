import type { NumberType } from "./number-types.js";
import { NUMBER_TYPES } from "./number-types.js";
import { damagedFile, notRead, RandomFile } from "./random-file.js";
import { type RawFrames, rawStack } from "./raw-stack.js";
import type { StackReader } from "./stack-reader.js";

/** Bytes of the header of every version, after which the pixels start. */
const HEADER_BYTES = 4100;
/** Places in the header, bytes. */
const AT = { width: 42, dataType: 108, footer: 678, height: 656, frames: 1446, regions: 1510, version: 1992 };
/** Most bytes of the XML of version 3 that are searched; sizes stand at its start. */
const MOST_FOOTER_BYTES = 16_777_216;

/** Numbers of the pixel types in the header of version 2. */
const DATA_TYPES: Record<number, NumberType> = {
  0: "f4",
  1: "i4",
  2: "i2",
  3: "u2",
  5: "f8",
  6: "u1",
  8: "u4",
};

/** Names of the pixel types in the XML of version 3. */
const PIXEL_FORMATS: Record<string, NumberType> = {
  MonochromeUnsigned16: "u2",
  MonochromeUnsigned32: "u4",
  MonochromeFloating32: "f4",
};

/**
 * Opens a recording of WinView (version 2) or LightField (version 3): .spe, one region of interest.
 * Sizes stand in the header of version 2, and in XML at the end of version 3.
 * Reference: the file specifications of Princeton Instruments for both versions.
 * @throws InputError INPUT_NOT_FOUND, INPUT_FORMAT, INPUT_TRUNCATED, INPUT_SIZE, INPUT_PIXEL_TYPE,
 * INPUT_PIXEL_VALUE
 */
export function openSpeStack(path: string): Promise<StackReader> {
  return RandomFile.with(path, "a recording of Princeton Instruments (.spe)", async (file) => {
    const header = await file.read(0, HEADER_BYTES, "the header of a recording (.spe)");
    const raw = header.readFloatLE(AT.version) >= 3 ? await version3(file, header) : version2(path, header);
    return rawStack(file, raw);
  });
}

function version2(path: string, header: Buffer): RawFrames {
  const number = header.readInt16LE(AT.dataType);
  const type = DATA_TYPES[number];
  if (!type) {
    const known = Object.keys(DATA_TYPES).join(", ");
    throw damagedFile(path, `a pixel type of the format: one of ${known}`, `${number}`);
  }
  const regions = header.readInt16LE(AT.regions);
  if (regions > 1) throw severalRegions(path, regions);
  const [width, height] = [header.readUInt16LE(AT.width), header.readUInt16LE(AT.height)];
  const frameBytes = width * height * NUMBER_TYPES[type].bytes;
  return {
    ...{ width, height, frames: header.readInt32LE(AT.frames), type, littleEndian: true, calibration: {} },
    offsetOf: (index) => HEADER_BYTES + index * frameBytes,
  };
}

async function version3(file: RandomFile, header: Buffer): Promise<RawFrames> {
  const footerAt = Number(header.readBigUInt64LE(AT.footer));
  if (footerAt < HEADER_BYTES || footerAt >= file.size) throw file.cutOff("XML at the end,", footerAt);
  const xml = (await file.readUpTo(footerAt, MOST_FOOTER_BYTES, "XML")).toString("utf8");
  const blocks = [...xml.matchAll(/<DataBlock\s([^>]*)>/g)].map(([, text]) => attributesOf(text!));
  const [frame, ...others] = blocks.filter(({ type }) => type === "Frame");
  const regions = blocks.filter(({ type }) => type === "Region");
  if (!frame || others.length > 0 || regions.length === 0) {
    throw damagedFile(
      file.path,
      "XML with a DataBlock of frames and one of their region",
      `${blocks.length} blocks`,
    );
  }
  if (regions.length > 1) throw severalRegions(file.path, regions.length);
  const type = PIXEL_FORMATS[frame.pixelFormat ?? ""];
  if (!type) {
    throw notRead(
      file.path,
      `the pixelFormat ${Object.keys(PIXEL_FORMATS).join(" or ")}`,
      frame.pixelFormat ?? "none",
      "Export the recording as tif in LightField.",
    );
  }
  const [width, height] = [Number(regions[0]!.width), Number(regions[0]!.height)];
  const [size, stride, frames] = [Number(frame.size), Number(frame.stride), Number(frame.count)];
  const pixelBytes = width * height * NUMBER_TYPES[type].bytes;
  if (size !== pixelBytes || !Number.isSafeInteger(stride) || stride < size) {
    throw damagedFile(
      file.path,
      `frames of ${width} x ${height} in ${pixelBytes} bytes, or a few more each`,
      `${size} of ${stride} bytes`,
    );
  }
  return {
    ...{ width, height, frames, type, littleEndian: true, calibration: {} },
    offsetOf: (index) => HEADER_BYTES + index * stride,
  };
}

function attributesOf(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/([\w:]+)\s*=\s*["']([^"']*)["']/g)].map(([, key, value]) => [key, value]),
  );
}

function severalRegions(path: string, regions: number) {
  return notRead(
    path,
    "a recording of one region of interest",
    `${regions} regions`,
    "Export each region as tif in LightField or WinView, and count these.",
  );
}

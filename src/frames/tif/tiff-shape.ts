import { InputError } from "../../base/errors.js";
import { optionText } from "../../base/option-text.js";
import type { PixelType } from "../frame.js";
import { checkFrameSize } from "../frame-size.js";
import { TAGS, type TiffDirectory } from "./tiff-directory.js";
import type { TiffFile } from "./tiff-file.js";
import { SAMPLE_FORMAT, type SampleType, sampleType } from "./tiff-samples.js";

/** What all pages of a stack have in common. */
export interface PageShape {
  width: number;
  height: number;
  pixelType: PixelType;
  sample: SampleType;
  /** Values a pixel, and the one that is read, from 0. */
  samples: number;
  channel: number;
  /** Whether all values of one kind come before those of the next. */
  planar: boolean;
  /** Whether 0 is shown as white. */
  minIsWhite: boolean;
}

/** TIFF's numbers of what values mean as light. */
const PHOTOMETRIC = { minIsWhite: 0, minIsBlack: 1, rgb: 2, palette: 3, yCbCr: 6, cfa: 32_803 } as const;
const PHOTOMETRIC_NAMES: Readonly<Record<number, string>> = {
  [PHOTOMETRIC.rgb]: "RGB",
  [PHOTOMETRIC.palette]: "a palette of colours",
  4: "a transparency mask",
  5: "CMYK",
  [PHOTOMETRIC.yCbCr]: "YCbCr",
  8: "CIELab",
  9: "ICCLab",
  10: "ITULab",
  [PHOTOMETRIC.cfa]: "CFA, the colour mosaic of a camera",
  32844: "LogL",
  32845: "LogLuv",
  34892: "LinearRaw",
};
/** Meanings whose values can be counted as they are. */
const COUNTED: readonly number[] = [
  PHOTOMETRIC.minIsWhite,
  PHOTOMETRIC.minIsBlack,
  PHOTOMETRIC.rgb,
  PHOTOMETRIC.palette,
];
const FORMAT_NAMES: Readonly<Record<number, string>> = {
  [SAMPLE_FORMAT.unsigned]: "unsigned",
  [SAMPLE_FORMAT.signed]: "signed",
  [SAMPLE_FORMAT.float]: "floating-point",
  [SAMPLE_FORMAT.unknown]: "unsigned",
  [SAMPLE_FORMAT.complexInteger]: "complex integer",
  [SAMPLE_FORMAT.complex]: "complex floating-point",
};
const PLANAR = 2;

/**
 * Advice that works for all that tifffile reads: an expression of Python that writes it anew.
 * @param samples values a pixel, which stay
 * @param frames makes the expression for what is written out of the one for what is read
 */
export function rewriteAdvice(path: string, samples: number, frames = (read: string) => read): string {
  const [from, to] = [path, `${path.replace(/\.[^./\\]*$/, "")}-plain.tif`].map((name) =>
    JSON.stringify(name),
  );
  // Grey values of three a pixel would become as many pages.
  const photometric = samples > 2 ? "rgb" : "minisblack";
  const written = `tifffile.imwrite(${to}, ${frames(`tifffile.imread(${from})`)}, photometric="${photometric}")`;
  return `Write it anew in Python, with the packages tifffile and imagecodecs: import tifffile; ${written}`;
}

/**
 * Reads a page's size and type of pixels.
 * @param channel which of several values a pixel is read, from 1
 * @throws InputError INPUT_SIZE, INPUT_PIXEL_TYPE, INPUT_FORMAT; INPUT_OPTION for a channel that is
 * not there
 */
export async function readShape(
  file: TiffFile,
  directory: TiffDirectory,
  page: number,
  channel?: number,
): Promise<PageShape> {
  const subject = `${file.path}, page ${page}`;
  const [width, height] = [await directory.number(TAGS.width, 0), await directory.number(TAGS.height, 0)];
  checkFrameSize(subject, width, height);
  const samples = await directory.number(TAGS.samplesPerPixel, 1);
  await checkFlat(file, directory, subject, samples);
  const photometric = await directory.number(TAGS.photometric, PHOTOMETRIC.minIsBlack);
  const sample = await readSampleType(file, directory, subject, samples);
  if (!COUNTED.includes(photometric)) {
    throw new InputError("INPUT_PIXEL_TYPE", {
      subject,
      expected: "grey values or RGB",
      found: `${PHOTOMETRIC_NAMES[photometric] ?? `number ${photometric}`} (PhotometricInterpretation)`,
      advice: rewriteAdvice(file.path, samples),
    });
  }
  const minIsWhite = photometric === PHOTOMETRIC.minIsWhite;
  if (minIsWhite && sample.pixelType === "float32") {
    throw new InputError("INPUT_PIXEL_TYPE", {
      subject,
      expected: "values with a largest one, where PhotometricInterpretation is MinIsWhite",
      found: `${sample.bits}-bit values that have none`,
      advice: rewriteAdvice(file.path, samples, (read) => `-${read}.astype("float32")`),
    });
  }
  const planar = samples > 1 && (await directory.number(TAGS.planarConfiguration, 1)) === PLANAR;
  const shape = { width, height, pixelType: sample.pixelType, sample, samples, planar, minIsWhite };
  return { ...shape, channel: chosen(subject, samples, photometric, channel) };
}

/** @throws InputError INPUT_FORMAT for a page that holds a volume */
async function checkFlat(
  file: TiffFile,
  directory: TiffDirectory,
  subject: string,
  samples: number,
): Promise<void> {
  for (const [tag, name] of [
    [TAGS.imageDepth, "ImageDepth"],
    [TAGS.tileDepth, "TileDepth"],
  ] as const) {
    const depth = await directory.number(tag, 1);
    if (depth === 1) continue;
    throw new InputError("INPUT_FORMAT", {
      subject,
      expected: `one image a page, ${name} 1`,
      found: `${name} ${depth}`,
      advice: rewriteAdvice(file.path, samples),
    });
  }
}

async function readSampleType(
  file: TiffFile,
  directory: TiffDirectory,
  subject: string,
  samples: number,
): Promise<SampleType> {
  const bits = await directory.numbers(TAGS.bitsPerSample);
  const formats = await directory.numbers(TAGS.sampleFormat);
  const [first = 1, format = SAMPLE_FORMAT.unsigned] = [bits[0], formats[0]];
  const alike = bits.every((each) => each === first) && formats.every((each) => each === format);
  const type = alike && Number.isInteger(samples) && samples >= 1 ? sampleType(format, first) : undefined;
  if (type) return type;
  const complex = format === SAMPLE_FORMAT.complex || format === SAMPLE_FORMAT.complexInteger;
  throw new InputError("INPUT_PIXEL_TYPE", {
    subject,
    expected: "integers of 1 to 16, 32 or 64 bits or floating-point numbers of 16, 32 or 64 bits",
    found: `${samples} x ${alike ? first : bits.join(", ")}-bit ${FORMAT_NAMES[format] ?? `format ${format}`}`,
    advice: rewriteAdvice(file.path, samples, (read) =>
      complex ? `abs(${read})` : `${read}.astype("float32")`,
    ),
  });
}

/** @returns the value of a pixel that is read, from 0 */
function chosen(subject: string, samples: number, photometric: number, channel: number | undefined): number {
  if (channel === undefined && samples === 1) return 0;
  if (channel === undefined) {
    const name = photometric === PHOTOMETRIC.rgb ? "RGB, " : "";
    throw new InputError("INPUT_PIXEL_TYPE", {
      subject,
      expected: "one value a pixel",
      found: `${name}${samples} values a pixel`,
      advice: `Read one of them: ${channelNames(samples, photometric)}.`,
    });
  }
  if (Number.isInteger(channel) && channel >= 1 && channel <= samples) return channel - 1;
  throw new InputError("INPUT_OPTION", {
    subject: optionText("channel", channel),
    expected: samples === 1 ? "none or 1" : `1 to ${samples}`,
    found: `${subject} with ${samples} ${samples === 1 ? "value" : "values"} a pixel`,
    advice:
      samples === 1
        ? "Leave it out: channels that are frames of their own are all counted, each in its rows."
        : "Choose another channel.",
  });
}

/** Most channels that advice lists. */
const LISTED = 4;

function channelNames(samples: number, photometric: number): string {
  const colours = photometric === PHOTOMETRIC.rgb ? ["red", "green", "blue"] : [];
  return Array.from(
    { length: Math.min(samples, LISTED) },
    (_, i) => `${optionText("channel", i + 1)}${colours[i] ? ` (${colours[i]})` : ""}`,
  )
    .join(", ")
    .replace(/, ([^,]*)$/, " or $1");
}

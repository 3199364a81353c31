import { InputError } from "../base/errors.js";
import { withoutOptions } from "../base/option-text.js";
import { Random } from "../base/random.js";
import type { Frame } from "../frames/frame.js";
import { inFiji } from "../frames/invalid-pixels.js";
import { openStack } from "../frames/open-stack.js";
import type { SimulationSettings } from "./settings.js";

/**
 * Pictures of backgrounds, by path: a plan of many short simulations asks for them again and again.
 */
const pictures = new Map<string, Promise<readonly Frame[]>>();
/** Most pictures of one stack, evenly spaced. */
const MOST_PICTURES = 32;
const MOST_STACKS = 16;

/**
 * The form of a background: a random part of a random frame of a stack, with the mean 1.
 * The part is flipped at random.
 * @returns relative light of each pixel (H,W); undefined where the settings name no stack
 * @throws InputError INPUT_NOT_FOUND, INPUT_FORMAT, INPUT_PIXEL_VALUE; INPUT_OPTION for pictures
 * smaller than the frames
 */
export async function backgroundForm(
  { backgroundImage, width, height }: Pick<SimulationSettings, "backgroundImage" | "width" | "height">,
  seed: number,
): Promise<Float32Array | undefined> {
  if (backgroundImage === undefined) return undefined;
  const frames = await picturesOf(backgroundImage);
  const random = new Random(seed, "simulate", "background image");
  const frame = frames[random.below(frames.length)]!;
  if (frame.width < width || frame.height < height) {
    throw new InputError("INPUT_OPTION", {
      subject: `the background ${backgroundImage}`,
      expected: `at least ${width} x ${height} pixels, the size of the simulated frames`,
      found: `${frame.width} x ${frame.height}`,
      advice: "Simulate smaller frames, or take a larger picture.",
    });
  }
  return formOf(frame, width, height, random);
}

function formOf(frame: Frame, width: number, height: number, random: Random): Float32Array {
  const left = random.below(frame.width - width + 1);
  const top = random.below(frame.height - height + 1);
  const [mirrored, upended] = [random.below(2) === 1, random.below(2) === 1];
  const form = new Float32Array(width * height);
  let sum = 0;
  for (let y = 0; y < height; y++) {
    const row = top + (upended ? height - 1 - y : y);
    for (let x = 0; x < width; x++) {
      const column = left + (mirrored ? width - 1 - x : x);
      const value = Math.max(0, frame.pixels[row * frame.width + column]!);
      form[y * width + x] = value;
      sum += value;
    }
  }
  const mean = sum / form.length;
  // A part without light becomes an even background.
  for (let i = 0; i < form.length; i++) form[i] = mean > 0 ? form[i]! / mean : 1;
  return form;
}

/**
 * @throws InputError INPUT_PIXEL_VALUE for a picture without light, or with values that are not
 * numbers
 */
function checkLight(path: string, number: number, { width, pixels }: Frame): void {
  let brightest = 0;
  for (const [i, value] of pixels.entries()) {
    if (Number.isFinite(value)) {
      if (value > brightest) brightest = value;
      continue;
    }
    throw new InputError("INPUT_PIXEL_VALUE", {
      subject: `the background ${path}, frame ${number}, pixel ${i % width}, ${Math.floor(i / width)}`,
      expected: "a finite number",
      found: String(value),
      advice: `Replace such pixels first, ${inFiji(value)}`,
    });
  }
  if (brightest > 0) return;
  throw new InputError("INPUT_PIXEL_VALUE", {
    subject: `the background ${path}, frame ${number}`,
    expected: "light: values above 0",
    found: "none",
    advice: "Take off the camera's offset alone, not more.",
  });
}

function picturesOf(path: string): Promise<readonly Frame[]> {
  let found = pictures.get(path);
  if (!found) {
    found = readPictures(path);
    // A file that could not be read may be readable next time.
    found.catch(() => pictures.delete(path));
    pictures.set(path, found);
    if (pictures.size > MOST_STACKS) pictures.delete(pictures.keys().next().value!);
  }
  return found;
}

async function readPictures(path: string): Promise<readonly Frame[]> {
  const stack = await openStack(path).catch((error: unknown) => {
    throw withoutOptions(error, "Save the pictures as whole frames of grey values, as Fiji does.");
  });
  try {
    const step = Math.ceil(stack.info.frames / MOST_PICTURES);
    const frames: Frame[] = [];
    let index = 0;
    for await (const frame of stack.frames()) {
      if (index++ % step > 0) continue;
      checkLight(path, index, frame);
      frames.push({ ...frame, pixels: frame.pixels.slice() });
    }
    return frames;
  } finally {
    await stack.close();
  }
}

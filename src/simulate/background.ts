import { InputError } from "../base/errors.js";
import { Random } from "../base/random.js";
import { addClouds } from "./clouds.js";
import { addDebris, addFibres, addFiducials, type DebrisSettings, objectsExpected } from "./debris.js";
import { normal, uniformOpen } from "./random-variates.js";
import type { SimulationSettings } from "./settings.js";

export type BackgroundSettings = DebrisSettings &
  Pick<
    SimulationSettings,
    | "frames"
    | "background"
    | "unevenness"
    | "backgroundDrift"
    | "autofluorescence"
    | "cells"
    | "cellSize"
    | "texture"
    | "textureSlope"
  >;

/** Most objects in the background; more would themselves be an even background. */
const MOST_OBJECTS = 100_000;

/**
 * @throws InputError INPUT_OPTION for settings with too much debris, or too many lines or beads, to
 * draw
 */
export function checkBackground(settings: BackgroundSettings): void {
  for (const [name, expected] of Object.entries(objectsExpected(settings))) {
    if (expected <= MOST_OBJECTS) continue;
    throw new InputError("INPUT_OPTION", {
      subject: `the setting ${name} of a simulation`,
      expected: `at most ${MOST_OBJECTS} in and around a frame`,
      found: `about ${expected.toPrecision(2)}`,
      advice: "Ask for fewer in a square micrometre, for smaller pieces, or for a smaller frame.",
    });
  }
}

/** Largest difference of a cell's axes from its diameter, relative. */
const ELONGATION = 0.3;
/** Waves of the texture within a cell along each axis, and their share of its light. */
const [TEXTURE_WAVES, TEXTURE_SHARE] = [4, 0.25];

/**
 * The background of the first frame, photons per pixel (H,W).
 * It consists of uneven illumination with clouds, cells with autofluorescence, debris and beads.
 * @param form relative light of each pixel, with the mean 1, in place of an even background
 */
export function backgroundMap(settings: BackgroundSettings, seed: number, form?: Float32Array): Float32Array {
  const random = (part: string) => new Random(seed, "simulate", part);
  const map = illumination(settings, random("illumination"));
  for (let i = 0; i < map.length; i++) map[i] = map[i]! * settings.background * (form ? form[i]! : 1);
  if (settings.texture > 0) addClouds(map, settings, random("texture"));
  if (settings.autofluorescence > 0) addCells(map, settings, random("cells"));
  if (settings.debris > 0) addDebris(map, settings, random("debris"));
  if (settings.fibres > 0) addFibres(map, settings, random("fibres"));
  if (settings.fiducials > 0) addFiducials(map, settings, random("fiducials"));
  return map;
}

function addCells(map: Float32Array, settings: BackgroundSettings, random: Random): void {
  const { width, height } = settings;
  for (let cell = 0; cell < settings.cells; cell++) {
    const shape = cellShape(settings, random);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const at = y * width + x;
        map[at] = map[at]! + settings.autofluorescence * shape(x + 0.5, y + 0.5);
      }
    }
  }
}

/**
 * The factor of the background in a frame: linear from 1 to 1 + backgroundDrift.
 * The frame's index is from 0.
 */
export function backgroundFactor(
  { frames, backgroundDrift }: Pick<BackgroundSettings, "frames" | "backgroundDrift">,
  index: number,
): number {
  return frames > 1 ? 1 + (backgroundDrift * index) / (frames - 1) : 1;
}

/**
 * A Gaussian beam at a random place over the frame, with the mean 1.
 * The darkest pixel has 1 - unevenness of the brightest one's light.
 */
function illumination({ width, height, unevenness }: BackgroundSettings, random: Random): Float32Array {
  const map = new Float32Array(width * height);
  const [centreX, centreY] = [
    width * (0.25 + 0.5 * uniformOpen(random)),
    height * (0.25 + 0.5 * uniformOpen(random)),
  ];
  const size = Math.hypot(width, height) / 2;
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (let i = 0; i < map.length; i++) {
    const [x, y] = [(i % width) + 0.5, Math.floor(i / width) + 0.5];
    const value = Math.exp(-0.5 * (((x - centreX) / size) ** 2 + ((y - centreY) / size) ** 2));
    map[i] = value;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const scale = most > least ? unevenness / (most - least) : 0;
  let sum = 0;
  for (let i = 0; i < map.length; i++) {
    map[i] = 1 - unevenness + scale * (map[i]! - least);
    sum += map[i]!;
  }
  // A fully uneven frame of a single pixel has no light to scale.
  const mean = sum > 0 ? sum / map.length : 1;
  for (let i = 0; i < map.length; i++) map[i] = map[i]! / mean;
  return map;
}

/**
 * The light of a cell at a position in pixels, about 1 at its middle.
 * It is an ellipse with a soft edge and a smooth texture.
 */
function cellShape({ width, height, pixelSize, cellSize }: BackgroundSettings, random: Random) {
  const [centreX, centreY] = [width * uniformOpen(random), height * uniformOpen(random)];
  const radius = (500 * cellSize) / pixelSize;
  const stretch = 1 + ELONGATION * (2 * uniformOpen(random) - 1);
  const angle = Math.PI * uniformOpen(random);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const waves = Array.from({ length: TEXTURE_WAVES }, () => ({
    u: (2 * normal(random)) / radius,
    v: (2 * normal(random)) / radius,
    phase: 2 * Math.PI * uniformOpen(random),
  }));
  return (x: number, y: number): number => {
    const [dx, dy] = [x - centreX, y - centreY];
    const along = (dx * cos + dy * sin) / (radius * stretch);
    const across = (dy * cos - dx * sin) * (stretch / radius);
    const distance = Math.hypot(along, across);
    if (distance > 2) return 0;
    const edge = Math.exp(-(distance ** 4) * Math.LN2);
    const texture = waves.reduce((all, { u, v, phase }) => all + Math.cos(u * dx + v * dy + phase), 0);
    return edge * (1 - TEXTURE_SHARE + (TEXTURE_SHARE * texture) / TEXTURE_WAVES);
  };
}

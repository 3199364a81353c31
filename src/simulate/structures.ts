import type { Random } from "../base/random.js";
import { normal, poisson, uniformOpen } from "./random-variates.js";
import type { SimulationSettings } from "./settings.js";

/** A position: x, y in pixels from the corner of the first pixel, z in nm from the focal plane. */
export type Place = readonly [x: number, y: number, z: number];

/** Whether a value is a list of {@link Place}s. */
export function arePlaces(value: unknown): value is Place[] {
  return (
    Array.isArray(value) &&
    value.every((place) => Array.isArray(place) && place.length === 3 && place.every(Number.isFinite))
  );
}

/**
 * The part of the sample that is simulated: the frame, and the margin that its light comes from.
 * In pixels.
 */
export interface Area {
  width: number;
  height: number;
  margin: number;
}

type Draw = (random: Random) => Place;
type Settings = Pick<
  SimulationSettings,
  "pixelSize" | "structureDensity" | "structureSize" | "structureWidth" | "zMin" | "zMax"
>;

/** Step along a line, nm. */
const LINE_STEP = 50;

/**
 * Draws a structure, and gives a function that draws positions on it.
 * @param random for the structure; positions are drawn from the one that the function is given
 */
export function structureOf(
  kind: Exclude<SimulationSettings["structure"], "positions">,
  settings: Settings,
  area: Area,
  random: Random,
): Draw {
  const plane = PLANES[kind](settings, area, random);
  const { zMin, zMax } = settings;
  return (source) => {
    const [x, y] = plane(source);
    return [x, y, zMin + (zMax - zMin) * uniformOpen(source)];
  };
}

/** Gives each position of a list once in random order, then again in the same order. */
export function placesInTurn(places: readonly Place[], random: Random): Draw {
  const order = random.permutation(places.length);
  let turn = 0;
  return () => places[order[turn++ % order.length]!]!;
}

type Point = readonly [x: number, y: number];
type Plane = (settings: Settings, area: Area, random: Random) => (random: Random) => Point;

const PLANES: Record<Exclude<SimulationSettings["structure"], "positions">, Plane> = {
  uniform: (_, area) => (random) => within(area, random),
  lines,
  rings,
  clusters,
  grid,
};

function rings(settings: Settings, area: Area, random: Random): (random: Random) => Point {
  const { radius, width } = sizes(settings);
  const centres = scattered(settings, area, random);
  return (source) => {
    const [x, y] = one(centres, source);
    const angle = 2 * Math.PI * uniformOpen(source);
    const distance = radius + width * normal(source);
    return [x + distance * Math.cos(angle), y + distance * Math.sin(angle)];
  };
}

/** Clusters of a Thomas process: uniform centres, with emitters normally distributed about them. */
function clusters(settings: Settings, area: Area, random: Random): (random: Random) => Point {
  const { radius } = sizes(settings);
  const centres = scattered(settings, area, random);
  return (source) => {
    const [x, y] = one(centres, source);
    return [x + radius * normal(source), y + radius * normal(source)];
  };
}

function grid(settings: Settings, area: Area): (random: Random) => Point {
  const { radius: spacing, width } = sizes(settings);
  const columns = Math.max(1, Math.floor((area.width + 2 * area.margin) / spacing));
  const rows = Math.max(1, Math.floor((area.height + 2 * area.margin) / spacing));
  return (source) => [
    -area.margin + (source.below(columns) + 0.5) * spacing + width * normal(source),
    -area.margin + (source.below(rows) + 0.5) * spacing + width * normal(source),
  ];
}

/**
 * Filaments that cross the area, each from a uniform point in both directions.
 * A filament is a worm-like chain: its direction diffuses with the variance 2 s / P over a length s
 * in the plane (Kratky and Porod 1949). The persistence length P is ten structure sizes, so that
 * lines bend little over one.
 */
function lines(settings: Settings, area: Area, random: Random): (random: Random) => Point {
  const { radius, width } = sizes(settings);
  const step = LINE_STEP / settings.pixelSize;
  const turn = Math.sqrt((2 * step) / (10 * radius));
  const segments = scattered(settings, area, random).flatMap((start) => {
    const heading = 2 * Math.PI * uniformOpen(random);
    return [heading, heading + Math.PI].flatMap((way) => grown(start, way, step, turn, area, random));
  });
  return (source) => {
    const { x, y, dx, dy } = segments[source.below(segments.length)]!;
    const [along, across] = [step * uniformOpen(source), width * normal(source)];
    return [x + along * dx - across * dy, y + along * dy + across * dx];
  };
}

/** A step of a line: its start and direction. */
interface Segment {
  x: number;
  y: number;
  dx: number;
  dy: number;
}

/** A line from its start until it leaves the area, or is long enough to have crossed it. */
function grown(
  start: Point,
  heading: number,
  step: number,
  turn: number,
  area: Area,
  random: Random,
): Segment[] {
  const segments: Segment[] = [];
  const most = (2 * (area.width + area.height + 4 * area.margin)) / step;
  let [x, y, angle] = [...start, heading];
  do {
    const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
    segments.push({ x, y, dx, dy });
    x += step * dx;
    y += step * dy;
    angle += turn * normal(random);
  } while (inside(area, x, y) && segments.length < most);
  return segments;
}

function inside({ width, height, margin }: Area, x: number, y: number): boolean {
  return x >= -margin && x <= width + margin && y >= -margin && y <= height + margin;
}

function sizes({ structureSize, structureWidth, pixelSize }: Settings): { radius: number; width: number } {
  return { radius: structureSize / pixelSize, width: structureWidth / pixelSize };
}

/** Uniform points: a Poisson-distributed number of them, at least one. */
function scattered({ structureDensity, pixelSize }: Settings, area: Area, random: Random): Point[] {
  const expected = structureDensity * squareMicrometres(area, pixelSize);
  return Array.from({ length: Math.max(1, poisson(random, expected)) }, () => within(area, random));
}

/** Area with its margin, µm². */
export function squareMicrometres({ width, height, margin }: Area, pixelSize: number): number {
  return ((width + 2 * margin) * (height + 2 * margin) * pixelSize * pixelSize) / 1e6;
}

function within({ width, height, margin }: Area, random: Random): Point {
  return [
    -margin + (width + 2 * margin) * uniformOpen(random),
    -margin + (height + 2 * margin) * uniformOpen(random),
  ];
}

function one(points: readonly Point[], random: Random): Point {
  return points[random.below(points.length)]!;
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../src/base/random.js";
import { SIMULATION_DEFAULTS, type SimulationSettings } from "../../src/simulate/settings.js";
import {
  type Area,
  type Place,
  placesInTurn,
  squareMicrometres,
  structureOf,
} from "../../src/simulate/structures.js";
import { assertNear, moments } from "../support/simulation.js";

const AREA: Area = { width: 200, height: 120, margin: 10 };
const COUNT = 20_000;

function places(
  kind: Parameters<typeof structureOf>[0],
  changes: Partial<SimulationSettings>,
  area = AREA,
): Place[] {
  const settings = { ...SIMULATION_DEFAULTS, ...changes };
  const draw = structureOf(kind, settings, area, new Random(1, "structure"));
  const random = new Random(1, "places");
  return Array.from({ length: COUNT }, () => draw(random));
}

test("uniform emitters fill the frame and what is around it, and the depth, evenly", () => {
  const found = places("uniform", { zMin: -200, zMax: 600 });
  const uniform = (values: number[], least: number, most: number) => {
    const { mean, variance } = moments(values);
    const width = most - least;
    assertNear(mean, (least + most) / 2, width / Math.sqrt(12 * COUNT));
    assertNear(variance, width ** 2 / 12, (width ** 2 * Math.sqrt(1 / 180)) / Math.sqrt(COUNT));
    assert.ok(Math.min(...values) >= least && Math.max(...values) <= most);
  };
  uniform(
    found.map(([x]) => x),
    -10,
    210,
  );
  uniform(
    found.map(([, y]) => y),
    -10,
    130,
  );
  uniform(
    found.map(([, , z]) => z),
    -200,
    600,
  );
});

test("the area that is simulated is counted in µm²", () => {
  assert.ok(Math.abs(squareMicrometres(AREA, 100) - 22 * 14) < 1e-9);
});

/** A structure of one part: so few are expected that the least, one, is drawn. */
const ONE = { structureDensity: 1e-9 };

test("emitters of a ring are at its radius from its centre, at all angles", () => {
  const found = places("rings", { ...ONE, structureSize: 800, structureWidth: 50 });
  const [x, y] = [0, 1].map((axis) => moments(found.map((place) => place[axis]!)).mean) as [number, number];
  const radius = moments(found.map((place) => Math.hypot(place[0] - x, place[1] - y)));
  assertNear(radius.mean, 8, 0.05);
  assert.ok(Math.abs(Math.sqrt(radius.variance) - 0.5) < 0.05);
  for (const [sideX, sideY] of [
    [1, 1],
    [1, -1],
    [-1, 1],
    [-1, -1],
  ] as const) {
    const share =
      found.filter((place) => (place[0] - x) * sideX > 0 && (place[1] - y) * sideY > 0).length / COUNT;
    assert.ok(Math.abs(share - 0.25) < 0.03, "a quarter in each quadrant");
  }
});

test("emitters of a cluster are normal about its centre", () => {
  const found = places("clusters", { ...ONE, structureSize: 300 });
  for (const axis of [0, 1]) {
    const { variance } = moments(found.map((place) => place[axis]!));
    assertNear(Math.sqrt(variance), 3, 3 / Math.sqrt(2 * COUNT));
  }
});

test("as many clusters are drawn as their density says", () => {
  const found = places("clusters", { structureDensity: 0.3, structureSize: 1 });
  // A cluster of 1 nm is a place of its own to a tenth of a pixel.
  const centres = new Set(found.map(([x, y]) => `${Math.round(x * 2)},${Math.round(y * 2)}`));
  assertNear(centres.size, 0.3 * 22 * 14, Math.sqrt(0.3 * 22 * 14));
});

test("emitters of a grid are at its points", () => {
  const found = places("grid", { structureSize: 1_000, structureWidth: 0 });
  for (const [x, y] of found) {
    assert.ok(
      Math.abs((((x + 5) % 10) + 10) % 10) < 1e-9 && Math.abs((((y + 5) % 10) + 10) % 10) < 1e-9,
      `${x}, ${y}`,
    );
  }
  assert.equal(new Set(found.map(String)).size, 22 * 14);
});

test("a line goes through the area, bends as its length says, and emitters lie on it", () => {
  const found = places("lines", { ...ONE, structureSize: 1e12, structureWidth: 30 });
  // So stiff a line is straight: the least variance is that across it.
  const x = moments(found.map((place) => place[0]));
  const y = moments(found.map((place) => place[1]));
  const both = found.reduce((total, place) => total + (place[0] - x.mean) * (place[1] - y.mean), 0) / COUNT;
  const [half, difference] = [(x.variance + y.variance) / 2, (x.variance - y.variance) / 2];
  const root = Math.hypot(difference, both);
  assert.ok(Math.abs(Math.sqrt(half - root) - 0.3) < 0.03, "as wide as asked for");
  // From end to end, which are on the area's border, evenly.
  assert.ok(Math.sqrt(12 * (half + root)) > 20, "long");
});

test("places in turn: each once before any comes again", () => {
  const given: Place[] = [
    [1, 2, 0],
    [3, 4, 5],
    [6, 7, 8],
  ];
  const draw = placesInTurn(given, new Random(3));
  const random = new Random(1);
  const first = [draw(random), draw(random), draw(random)];
  assert.deepEqual(new Set(first), new Set(given));
  assert.deepEqual([draw(random), draw(random), draw(random)], first);
});

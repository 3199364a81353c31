import assert from "node:assert/strict";
import { test } from "node:test";
import { peakShareOf, pointSpreadOf } from "../../src/simulate/point-spread.js";
import { GaussianPointSpread } from "../../src/simulate/psf-gaussian.js";
import { checkedSettings, type SimulationSettings } from "../../src/simulate/settings.js";

const SIDE = 81;
const MIDDLE = SIDE / 2;
const OPTICS = { psf: "gaussian", psfSigma: 150, pixelSize: 100, wavelength: 600, nSample: 1.33 } as const;
/** 4 pi n sigma² / wavelength, nm. */
const RANGE = (4 * Math.PI * 1.33 * 150 ** 2) / 600;

/** The sum of an image, its middle and its standard deviations along x and y, pixels. */
function shape(changes: Partial<SimulationSettings>, z: number) {
  const psf = new GaussianPointSpread(checkedSettings({ ...OPTICS, ...changes }));
  const image = new Float32Array(SIDE * SIDE);
  psf.add(image, SIDE, SIDE, MIDDLE, MIDDLE, z, 1000);
  const moment = (of: (x: number, y: number) => number) =>
    image.reduce((sum, light, i) => sum + light * of((i % SIDE) + 0.5, Math.floor(i / SIDE) + 0.5), 0);
  const light = moment(() => 1);
  const [x, y] = [moment((x) => x) / light, moment((_, y) => y) / light];
  const area = light ** 2 / image.reduce((sum, value) => sum + value * value, 0);
  return {
    ...{ light, x, y, area, said: psf.noiseArea(z) },
    alongX: Math.sqrt(moment((at) => (at - x) ** 2) / light - 1 / 12),
    alongY: Math.sqrt(moment((_, at) => (at - y) ** 2) / light - 1 / 12),
  };
}

const near = (found: number, expected: number, share = 0.01) =>
  assert.ok(Math.abs(found / expected - 1) < share, `${found} instead of ${expected}`);

test("astigmatism makes an image narrow along x at one depth and along y at another", () => {
  const [above, focus, below] = [300, 0, -300].map((z) => shape({ astigmatism: 300 }, z));
  near(above!.alongX, 1.5);
  near(above!.alongY, 1.5 * Math.hypot(1, 600 / RANGE));
  near(below!.alongY, 1.5);
  near(below!.alongX, above!.alongY);
  near(focus!.alongX, 1.5 * Math.hypot(1, 300 / RANGE));
  near(focus!.alongX, focus!.alongY);
});

test("light around and beside an image is taken from it, and lies where it should", () => {
  const halo = shape({ halo: 0.3 }, 0);
  near(halo.light, 1000, 0.002);
  // Variances of the parts: 0.7 + 0.3 · 2.2² of the image's own.
  near(halo.alongX, 1.5 * Math.sqrt(0.7 + 0.3 * 2.2 ** 2));
  const coma = shape({ coma: 0.2, comaAngle: 90 }, 0);
  near(coma.light, 1000, 0.002);
  near(coma.x, MIDDLE);
  // A fifth of the light, 1.6 standard deviations of 1.5 pixels down.
  near(coma.y, MIDDLE + 0.2 * 1.6 * 1.5, 0.001);
});

test("a double helix has two lobes that turn with depth", () => {
  // Lobes of 1.5 pixels, 4 pixels to either side of the middle: along x in focus, along y a quarter of a turn further.
  const apart = Math.hypot(1.5, 4);
  const [focus, quarter] = [0, 1000].map((z) => shape({ lobes: 800, psfSigma: 150 }, z));
  near(focus!.light, 1000, 0.001);
  near(focus!.alongX, apart);
  near(focus!.alongY, 1.5);
  const blurred = 1.5 * Math.hypot(1, 1000 / RANGE);
  near(quarter!.alongX, blurred);
  near(quarter!.alongY, Math.hypot(blurred, 4));
  near(quarter!.x, MIDDLE);
});

test("the peak of a double helix is that of a lobe, with half of the light", () => {
  const share = (lobes: number) => peakShareOf(pointSpreadOf(checkedSettings({ ...OPTICS, lobes })));
  near(share(1200), share(0) / 2, 0.001);
});

test("the noise area is that of the image drawn", () => {
  for (const changes of [
    {},
    { halo: 0.4 },
    { lobes: 900, halo: 0.2 },
    { coma: 0.3, comaAngle: 30, halo: 0.2 },
    { astigmatism: 350 },
  ]) {
    for (const z of [0, 400]) {
      const { area, said } = shape(changes, z);
      // Pixels blur the image a little more.
      near(said, area, 0.04);
    }
  }
});

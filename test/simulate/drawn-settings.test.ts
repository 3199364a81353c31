import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../src/base/random.js";
import { checkedVariety, drawSettings, type Variety } from "../../src/simulate/drawn-settings.js";

const DRAWS = 4_000;

function draws(variety: Variety): Record<string, number | string>[] {
  return Array.from({ length: DRAWS }, (_, i) => drawSettings(variety, new Random(3, "draw", i)));
}

/** The share of values below, which of a fair draw is within 4 standard deviations of `expected` for all but one seed in 16,000. */
function assertShareBelow(values: readonly number[], bound: number, expected: number): void {
  const share = values.filter((value) => value < bound).length / values.length;
  const deviation = Math.sqrt((expected * (1 - expected)) / values.length);
  assert.ok(Math.abs(share - expected) < 4 * deviation, `${share} below ${bound}, ${expected} expected`);
}

test("values spread evenly over their range, or their logarithms do; others stay", () => {
  const all = draws({
    settings: { density: { uniform: [2, 6] }, snr: { logUniform: [1, 100] }, exposure: 0.03 },
    mixtures: {},
  });
  const of = (name: string) => all.map((settings) => settings[name] as number);
  assert.deepEqual(new Set(of("exposure")), new Set([0.03]));
  for (const share of [0.25, 0.5, 0.9]) {
    assertShareBelow(of("density"), 2 + 4 * share, share);
    assertShareBelow(of("snr"), 100 ** share, share);
  }
  assert.ok(of("density").every((value) => value >= 2 && value < 6));
  assert.ok(of("snr").every((value) => value >= 1 && value < 100 + 1e-9));
});

test("one entry of each mixture is taken, as often as its share says, and overrules the rest", () => {
  const all = draws({
    settings: { haze: 0, camera: "scmos" },
    mixtures: {
      haze: [
        { share: 0.8, settings: {} },
        { share: 0.2, settings: { haze: 1 } },
      ],
      camera: [
        { share: 0.5, settings: { camera: "emccd", emGain: { uniform: [50, 300] } } },
        { share: 0.5, settings: {} },
      ],
    },
  });
  const hazy = all.map(({ haze }) => haze as number);
  assertShareBelow(hazy, 0.5, 0.8);
  const emccd = all.filter(({ camera }) => camera === "emccd");
  assertShareBelow(
    all.map(({ camera }) => (camera === "emccd" ? 0 : 1)),
    0.5,
    0.5,
  );
  assert.ok(emccd.every(({ emGain }) => (emGain as number) >= 50));
  assert.ok(all.every(({ camera, emGain }) => (camera === "emccd") === (emGain !== undefined)));
  // Mixtures are independent of one another.
  assertShareBelow(
    emccd.map(({ haze }) => haze as number),
    0.5,
    0.8,
  );
});

const BAD: [string, unknown, RegExp][] = [
  ["no object", [1], /the whole: expected an object, found \[1\]/],
  ["an unknown setting", { settings: { colour: 1 } }, /settings\.colour: expected a setting of simulations/],
  [
    "a range the wrong way round",
    { settings: { snr: { uniform: [3, 2] } } },
    /settings\.snr: expected a number, a word/,
  ],
  [
    "a logarithm of zero",
    { settings: { snr: { logUniform: [0, 2] } } },
    /settings\.snr: .*found \{"logUniform":\[0,2\]\}/,
  ],
  ["another distribution", { settings: { snr: { normal: [0, 2] } } }, /settings\.snr: /],
  ["three ends", { settings: { snr: { uniform: [0, 2, 3] } } }, /settings\.snr: /],
  ["an empty mixture", { mixtures: { haze: [] } }, /mixtures\.haze: expected a list of entries, found \[\]/],
  [
    "no share",
    { mixtures: { haze: [{ settings: {} }] } },
    /mixtures\.haze\[0\]\.share: expected a number, found nothing/,
  ],
  [
    "shares that leave something over",
    { mixtures: { haze: [{ share: 0.5, settings: {} }] } },
    /mixtures\.haze: expected shares that add up to 1, found 0\.5/,
  ],
  [
    "an unknown setting in a mixture",
    { mixtures: { haze: [{ share: 1, settings: { fog: 1 } }] } },
    /mixtures\.haze\[0\]\.settings\.fog: /,
  ],
];

test("what cannot be drawn from is refused, naming the place", () => {
  for (const [name, value, message] of BAD) {
    assert.throws(() => checkedVariety(value, "plan.json"), { code: "INPUT_FORMAT", message }, name);
  }
});

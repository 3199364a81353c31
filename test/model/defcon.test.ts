import assert from "node:assert/strict";
import { test } from "node:test";
import { defcon } from "../../src/model/defcon.js";
import { describeLayers } from "../../src/model/layer-table.js";
import { traceLayers } from "../../src/model/layers.js";
import { parameterCount, weightSpecs } from "../../src/model/weights.js";

test("the network has its published number of parameters: 112,912, of which 40,072 for the segmentation", () => {
  assert.equal(parameterCount(defcon), 112_912);
  const layers = describeLayers(defcon);
  const segmentation = layers.slice(0, layers.findIndex(({ layer }) => layer === "seg") + 1);
  assert.equal(
    segmentation.reduce((sum, { parameters }) => sum + parameters, 0),
    40_072,
  );
});

test("both heads are maps of one channel at the frame's own resolution", () => {
  const heads = traceLayers(defcon).filter(({ row }) => row.kind === "conv" && row.head);
  assert.deepEqual(
    heads.map(({ row, outChannels, scale }) => [row.name, outChannels, scale]),
    [
      ["seg", 1, 1],
      ["density", 1, 1],
    ],
  );
});

test("weights go by the names in the published Keras files, misspelling included", () => {
  const names = weightSpecs(defcon).map(({ name }) => name);
  assert.equal(names.length, 30);
  assert.ok(names.includes("decon_seg_2/kernel"));
  assert.ok(!names.includes("seg/bias"));
});

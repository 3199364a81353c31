import { OPSET } from "../graph/onnx-graph.js";
import { DENSITY, FRAMES } from "../graph/prediction.js";
import { type Architecture, framesSeen } from "../model/layers.js";
import { type Model, parameterCount } from "../model/weights.js";

/** The newest version of the format that released versions of its checker know. */
const FORMAT_VERSION = "0.5.12";

/** Names of the files that a description refers to. */
export const FILES = {
  weights: "weights.onnx",
  testInput: "test_frames.npy",
  testOutput: "test_density.npy",
  cover: "cover.png",
  documentation: "README.md",
} as const;

/** The publication of the networks that this program knows. */
export const PUBLICATION = {
  authors: ["Marcel Štefko", "Baptiste Ottino", "Kyle M. Douglass", "Suliana Manley"],
  title: "Autonomous illumination control for localization microscopy",
  journal: "Optics Express 26(23), 30882-30900 (2018)",
  doi: "10.1364/OE.26.030882",
} as const;

const TAGS = [
  "fluorescence-light-microscopy",
  "super-resolution-microscopy",
  "2d",
  "single-molecule-localization-microscopy",
  "density-estimation",
  "counting",
  "fiji",
  "imagej",
  "onnx",
];

/**
 * The description of a model package (rdf.yaml), by model description 0.5 of bioimageio.spec.
 * It has no date: the same model always has the same description.
 * @param digests SHA-256 of the package's {@link FILES}, by name
 */
export function resourceDescription(
  model: Model,
  digests: ReadonlyMap<string, string>,
): Record<string, unknown> {
  const { architecture, pool, provenance } = model;
  const { authors, title, journal, doi } = PUBLICATION;
  const file = (source: string) => ({ source, sha256: digests.get(source) });
  return {
    type: "model",
    format_version: FORMAT_VERSION,
    name: `${architecture.name} single-molecule density`,
    description: `Emitters per pixel in single-molecule microscopy frames (${architecture.description}). The sum of the map is the count.`,
    authors: authors.map((name) => ({ name })),
    cite: [{ text: `${authors.join(", ")}: ${title}. ${journal}.`, doi }],
    license: "BSD-3-Clause",
    tags: TAGS,
    documentation: file(FILES.documentation),
    covers: [file(FILES.cover)],
    inputs: [inputTensor(architecture, file(FILES.testInput))],
    outputs: [outputTensor(architecture, file(FILES.testOutput))],
    weights: { onnx: { ...file(FILES.weights), opset_version: OPSET } },
    config: {
      bioimageio: { model_parameter_count: parameterCount(architecture), task: "density estimation" },
      defcon_fiji: { architecture: architecture.name, max_local_count_window: pool, provenance },
    },
  };
}

/** Names of the channels: one, or one for each frame of a window. */
function channelNames(architecture: Architecture, name: string): string[] {
  if (framesSeen(architecture) === 1) return [name];
  return ["previous", "this", "next"].map((frame) => `${name}_of_${frame}_frame`);
}

function inputTensor(architecture: Architecture, testTensor: object): object {
  const { sideMultiple } = architecture;
  const size = { min: sideMultiple, step: sideMultiple };
  return {
    id: FRAMES,
    description: "frames as the camera gives them: the network normalises each by its own range",
    axes: [
      { type: "batch", id: "batch" },
      { type: "channel", id: "channel", channel_names: channelNames(architecture, "intensity") },
      { type: "space", id: "y", size },
      { type: "space", id: "x", size },
    ],
    data: { type: "float32" },
    test_tensor: testTensor,
  };
}

function outputTensor(architecture: Architecture, testTensor: object): object {
  const size = (axis: string) => ({ tensor_id: FRAMES, axis_id: axis });
  return {
    id: DENSITY,
    description: "emitters per pixel: the sum over y and x is the count of a frame",
    axes: [
      { type: "batch", id: "batch" },
      { type: "channel", id: "channel", channel_names: channelNames(architecture, "density") },
      { type: "space", id: "y", size: size("y") },
      { type: "space", id: "x", size: size("x") },
    ],
    data: { type: "float32" },
    test_tensor: testTensor,
  };
}

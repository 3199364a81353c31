import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { FILE_LIMITS, LIMITS } from "../base/limits.js";
import { readWholeFile } from "../base/regular-file.js";
import { DENSITY, FRAMES, headLayers, NORMALISED, runtimeGraph } from "../graph/prediction.js";
import { framesSeen } from "../model/layers.js";
import type { Model } from "../model/weights.js";
import type { ExportInput, ModelFiles, ModelFormat } from "./format.js";
import { decodeOnnx, encodeOnnx, filesBeside } from "./onnx.js";

const CONFIG_FILE = "config.pbtxt";
/** The number of the model's version, which is also the name of its folder, as Triton requires. */
const VERSION = "1";
const GRAPH_FILE = "model.onnx";
/**
 * How long a request may wait for others to share its batch.
 * It is about as long as a 64 x 64 frame takes.
 */
const QUEUE_DELAY_MICROSECONDS = 500;

/**
 * A model repository of NVIDIA's Triton Inference Server.
 * It holds one model, for Triton's ONNX Runtime backend.
 */
export const triton: ModelFormat = {
  id: "triton",
  title: "Triton model repository",
  layout: "folder",
  extensions: [],
  recognisesFolder: isOurRepository,
  read: readTriton,
  exportOptions: ["input"],
  encode: async (model, { input = "raw" }) => encodeTriton(model, input),
};

/**
 * Whether a repository holds nothing but one model of one version.
 * Only then can an export replace it without a loss.
 */
function isOurRepository(paths: readonly string[]): boolean {
  const [name = ""] = paths;
  const all = [name, `${name}/${CONFIG_FILE}`, `${name}/${VERSION}`, graphPath(name)];
  return paths.length === all.length && all.every((path) => paths.includes(path));
}

function graphPath(name: string): string {
  return `${name}/${VERSION}/${GRAPH_FILE}`;
}

function encodeTriton(model: Model, input: ExportInput): ModelFiles {
  const { name } = model.architecture;
  const graph =
    input === "raw"
      ? encodeOnnx(model)
      : runtimeGraph(model, headLayers(model.architecture, "density"), NORMALISED);
  return new Map([
    [`${name}/${CONFIG_FILE}`, new TextEncoder().encode(configOf(model, input))],
    [graphPath(name), graph],
  ]);
}

/**
 * A ModelConfig of Triton's model_config.proto in protobuf's text format.
 * The model has no name but its folder's, so that the folder can be renamed. Batch sizes are left
 * to the batcher, as Triton's documentation advises for models that prefer none. The graph that
 * takes normalised frames of a network that sees three of them takes a whole sequence in a call:
 * the batcher may not join two.
 */
function configOf({ architecture }: Model, input: ExportInput): string {
  const isRaw = input === "raw";
  const seen = framesSeen(architecture);
  const isSequence = !isRaw && seen > 1;
  const channels = isRaw ? seen : 1;
  const dims = `[ ${isSequence ? "-1, " : ""}${channels}, -1, -1 ]`;
  const tensor = (kind: "input" | "output", name: string) => `${kind} [
  {
    name: "${name}"
    data_type: TYPE_FP32
    dims: ${dims}
  }
]
`;
  const frames = isRaw ? "raw frames" : isSequence ? "consecutive normalised frames" : "normalised frames";
  return `# ${architecture.description}: ${frames} (N,${channels},H,W) in, emitters per pixel out.
# Height and width are multiples of ${architecture.sideMultiple}; the sum of a map is the count of its frame.
backend: "onnxruntime"
max_batch_size: ${isSequence ? 0 : LIMITS.maxBatchFrames}
${tensor("input", isRaw ? FRAMES : NORMALISED)}${tensor("output", DENSITY)}${isSequence ? "" : BATCHER}`;
}

const BATCHER = `dynamic_batching {
  max_queue_delay_microseconds: ${QUEUE_DELAY_MICROSECONDS}
}
`;

async function readTriton(path: string): Promise<Model> {
  const [name = ""] = await readdir(path);
  const file = join(path, graphPath(name));
  const bytes = await readWholeFile(file, "a Triton model's graph", FILE_LIMITS.maxModelBytes);
  return decodeOnnx(file, bytes, filesBeside(file));
}

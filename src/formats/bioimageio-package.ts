import { parse, stringify } from "yaml";
import { sha256Of } from "../base/digest.js";
import { messageOf } from "../base/errors.js";
import { FILE_LIMITS } from "../base/limits.js";
import { Random } from "../base/random.js";
import { readRegularFile } from "../base/regular-file.js";
import { openStoredGraph } from "../engine/onnxruntime.js";
import { encodeNpy } from "../frames/npy.js";
import { syntheticFrame } from "../frames/synthetic-frame.js";
import { framesSeen } from "../model/layers.js";
import type { Model } from "../model/weights.js";
import { coverPicture } from "../picture/cover-picture.js";
import { rasterise } from "../picture/rasterise.js";
import { FILES, resourceDescription } from "./bioimageio-description.js";
import { readme } from "./bioimageio-readme.js";
import type { ModelFiles } from "./format.js";
import { damagedModel } from "./metadata.js";
import { decodeOnnx, encodeOnnx } from "./onnx.js";
import { readZip, writeZip } from "./zip.js";

/** The description's name in a package, the usual one first. */
const DESCRIPTION_FILES = ["rdf.yaml", "bioimageio.yaml"] as const;
/** The frame that the package shows and is tested with. */
const SAMPLE = { side: 64, spots: 10, seed: 1 } as const;

/** The bytes of a package of a model. @throws EngineError */
export async function encodePackage(model: Model): Promise<Uint8Array> {
  const weights = encodeOnnx(model);
  const files: ModelFiles = new Map([
    [FILES.weights, weights],
    ...(await sampleFiles(weights, framesSeen(model.architecture))),
    [FILES.documentation, utf8(readme(model))],
  ]);
  const digests = new Map([...files].map(([name, bytes]) => [name, sha256Of(bytes)]));
  const description = stringify(resourceDescription(model, digests), {
    lineWidth: 120,
    // YAML anchors are valid, but few people read them.
    aliasDuplicateObjects: false,
  });
  return writeZip(new Map([[DESCRIPTION_FILES[0], utf8(description)], ...files]));
}

/**
 * Makes a frame, or a window of several, and what the graph gives for it.
 * A picture shows the middle frame with its map.
 */
async function sampleFiles(graph: Uint8Array, frames: number): Promise<[name: string, bytes: Uint8Array][]> {
  const { side, spots, seed } = SAMPLE;
  const size = side * side;
  const pixels = new Float32Array(frames * size);
  for (let i = 0; i < frames; i++) {
    const random = new Random(seed, "sample frame", ...(i > 0 ? [i] : []));
    pixels.set(syntheticFrame(side, spots, random).pixels, i * size);
  }
  const network = await openStoredGraph(graph, frames);
  const density = await network.predict(pixels, [frames, side, side]).finally(() => network.dispose());
  const shape = [1, frames, side, side];
  const middle = (values: Float32Array) => {
    const start = Math.floor(frames / 2) * size;
    return { width: side, height: side, pixels: values.subarray(start, start + size) };
  };
  return [
    [FILES.testInput, encodeNpy(pixels, shape)],
    [FILES.testOutput, encodeNpy(density, shape)],
    [FILES.cover, await rasterise(coverPicture(middle(pixels), middle(density)))],
  ];
}

/** The model in a package. @throws ModelFormatError */
export async function readPackage(path: string): Promise<Model> {
  const files = readZip(path, await readRegularFile(path, FILE_LIMITS.maxModelBytes));
  const { source, digest } = weightsEntry(path, files);
  const weights = files.get(source.replace(/^\.\//, ""));
  if (!weights) throw damagedModel(path, `the file ${source} in it`, [...files.keys()].join(", "));
  const found = sha256Of(weights);
  if (digest !== undefined && digest !== found) {
    throw damagedModel(path, `${source} with the SHA-256 ${digest}`, found);
  }
  return decodeOnnx(path, weights);
}

/** The place of the ONNX weights in a package, from its description. */
function weightsEntry(
  path: string,
  files: ReadonlyMap<string, Uint8Array>,
): { source: string; digest: unknown } {
  const name = DESCRIPTION_FILES.find((each) => files.has(each));
  if (!name) {
    const names = [...files.keys()].slice(0, 8).join(", ");
    throw damagedModel(
      path,
      `a bioimage.io package (${DESCRIPTION_FILES.join(" or ")})`,
      names || "no files",
    );
  }
  const weights = member(parseYaml(path, name, files.get(name)!), "weights");
  const onnx = member(weights, "onnx");
  const source = member(onnx, "source");
  if (typeof source === "string") return { source, digest: member(onnx, "sha256") };
  const kinds = Object.keys(weights instanceof Object ? weights : {}).join(", ");
  throw damagedModel(path, `ONNX weights (weights.onnx.source in ${name})`, kinds || "none");
}

function parseYaml(path: string, name: string, bytes: Uint8Array): unknown {
  try {
    return parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw damagedModel(path, `YAML in ${name}`, messageOf(cause).split("\n")[0]!, cause);
  }
}

function member(value: unknown, key: string): unknown {
  return value instanceof Object && Object.hasOwn(value, key) ? value[key as keyof typeof value] : undefined;
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

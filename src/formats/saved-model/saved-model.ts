import { basename, join } from "node:path";
import { sha256Of } from "../../base/digest.js";
import { ModelFormatError, messageOf } from "../../base/errors.js";
import "../../base/int64.js";
import { DEFAULTS, FILE_LIMITS } from "../../base/limits.js";
import { readWholeFile } from "../../base/regular-file.js";
import { type Architecture, headOf } from "../../model/layers.js";
import { layerWeights, type Model, selectWeights, type Weights } from "../../model/weights.js";
import type { ExportOptions, ModelFiles, ModelFormat } from "../format.js";
import { damagedModel, METADATA_ATTRIBUTE, metadataText, modelOf, parseMetadata } from "../metadata.js";
import { tensorflow } from "./generated/tensorflow.js";
import { readLayers } from "./saved-model-graph.js";
import { openTensorBundle, type TensorBundle } from "./tensor-bundle.js";
import { shapeOf } from "./tensorflow-graph.js";
import {
  INPUT_TENSOR,
  inputShape,
  OUTPUT_TENSOR,
  resultShape,
  type TensorFlowResult,
  tensorFlowGraph,
} from "./tensorflow-prediction.js";

const GRAPH_FILE = "saved_model.pb";
const TAG = "serve";
const SIGNATURE = "serving_default";
const METHOD = "tensorflow/serving/predict";
/** The version of TensorFlow whose operators the graph uses. */
const TENSORFLOW_VERSION = "1.4.0";

/**
 * Key in the provenance of a model read from a folder of this program that divides its result.
 * The model itself does not divide.
 */
export const EXPORTED_DIVISION = "exported_division";

/**
 * TensorFlow's SavedModel folder.
 * It is written with weights as constants, which TensorFlow 1.4 and later load without a folder of
 * variables. It is read with constants or variables: the original project's folders have variables.
 */
export const savedModel: ModelFormat = {
  id: "savedmodel",
  title: "TensorFlow SavedModel",
  layout: "folder",
  extensions: [],
  recognisesFolder: (paths) => paths.includes(GRAPH_FILE) || paths.includes("saved_model.pbtxt"),
  read: readSavedModel,
  exportOptions: ["result", "pool", "strides", "division"],
  encode: async (model, options) => encodeSavedModel(model, options),
};

function encodeSavedModel(model: Model, options: ExportOptions): ModelFiles {
  const { result = "density", pool = model.pool, strides = 1, division = 1 } = options;
  const computed: TensorFlowResult = { maxCount: result === "max-count", pool, strides, division };
  const metadata = new TextEncoder().encode(metadataText({ ...model, pool }));
  const graph = tensorFlowGraph(model, computed, { [METADATA_ATTRIBUTE]: metadata });
  const bytes = tensorflow.SavedModel.encode({
    savedModelSchemaVersion: 1,
    metaGraphs: [
      {
        metaInfoDef: { tags: [TAG], tensorflowVersion: TENSORFLOW_VERSION },
        graphDef: graph.graphDef(),
        signatureDef: { [SIGNATURE]: signature(model.architecture, computed) },
      },
    ],
  }).finish();
  return new Map([[GRAPH_FILE, bytes]]);
}

function signature(architecture: Architecture, result: TensorFlowResult): tensorflow.ISignatureDef {
  const info = (name: string, dims: readonly number[]) => ({
    name: `${name}:0`,
    dtype: tensorflow.DataType.DT_FLOAT,
    tensorShape: shapeOf(dims),
  });
  return {
    inputs: { [INPUT_TENSOR]: info(INPUT_TENSOR, inputShape(architecture)) },
    outputs: { [OUTPUT_TENSOR]: info(OUTPUT_TENSOR, resultShape(architecture, result)) },
    methodName: METHOD,
  };
}

async function readSavedModel(path: string): Promise<Model> {
  const file = join(path, GRAPH_FILE);
  const bytes = await readWholeFile(file, "a SavedModel's graph", FILE_LIMITS.maxModelBytes);
  const graph = servingGraph(file, bytes);
  const nodes = new Map((graph.graphDef?.node ?? []).map((node) => [node.name ?? "", node]));
  const output = graph.signatureDef[SIGNATURE]?.outputs?.[OUTPUT_TENSOR]?.name ?? OUTPUT_TENSOR;
  const { architecture, weights, pool, division } = await readLayers(file, nodes, output, variablesOf(path));
  const note = nodes.get(INPUT_TENSOR)?.attr?.[`_${METADATA_ATTRIBUTE}`]?.s;
  if (note) {
    const model = modelOf(
      file,
      architecture,
      parseMetadata(file, Buffer.from(note).toString("utf8")),
      weights,
    );
    if (division !== 1) model.provenance[EXPORTED_DIVISION] = String(division);
    return model;
  }
  const provenance = {
    source: basename(path),
    source_sha256: sha256Of(bytes),
    ...(division !== 1 && { division: `${division}, made part of the density layer` }),
  };
  divideDensity(architecture, weights, division);
  return {
    architecture,
    weights: selectWeights(architecture, weights, file),
    provenance,
    pool: pool ?? DEFAULTS.pool,
  };
}

/** Divides the result inside the density layer, which is linear. */
function divideDensity(architecture: Architecture, weights: Weights, division: number): void {
  if (division === 1) return;
  for (const row of architecture.layers) {
    if (headOf(row) !== "density") continue;
    for (const { name } of layerWeights(row, 1)) {
      const weight = weights.get(name);
      if (weight) weights.set(name, { ...weight, data: weight.data.map((value) => value / division) });
    }
  }
}

/** The graph of a SavedModel that serves. */
function servingGraph(path: string, bytes: Uint8Array): tensorflow.IMetaGraphDef & tensorflow.MetaGraphDef {
  const file = decode(path, bytes);
  const graph = file.metaGraphs.find(({ metaInfoDef }) => metaInfoDef?.tags?.includes(TAG));
  if (!graph) {
    const tags = file.metaGraphs.map(({ metaInfoDef }) => `[${metaInfoDef?.tags?.join(", ") ?? ""}]`);
    throw damagedModel(path, `a graph with the tag ${TAG}`, tags.join(" ") || "no graph");
  }
  if (!graph.objectGraphDef?.length) return graph as tensorflow.MetaGraphDef;
  throw new ModelFormatError("MODEL_FORMAT", {
    subject: path,
    expected: "a SavedModel with its layers in one graph, as TensorFlow 1 writes it",
    found: "one of TensorFlow 2, with its layers in functions",
    advice: "Save the Keras model as .h5 (model.save('model.h5') in tf_keras) and import that.",
  });
}

function decode(path: string, bytes: Uint8Array): tensorflow.SavedModel {
  try {
    return tensorflow.SavedModel.decode(bytes);
  } catch (cause) {
    throw damagedModel(path, "a TensorFlow SavedModel", messageOf(cause), cause);
  }
}

/** Opens the folder's variables when the first one is needed. */
function variablesOf(path: string): () => Promise<TensorBundle> {
  let opened: Promise<TensorBundle> | undefined;
  return () => {
    opened ??= openTensorBundle(join(path, "variables", "variables"));
    return opened;
  };
}

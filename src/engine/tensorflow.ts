import { EngineError } from "../base/errors.js";
import { optionText } from "../base/option-text.js";
import { headLayers } from "../graph/prediction.js";
import { stageWeights } from "../graph/training.js";
import type { TracedLayer } from "../model/layers.js";
import { weightOf } from "../model/weights.js";
import { attempt } from "./attempt.js";
import type { Device, Engine, Network } from "./engine.js";
import { runLayers, SEQUENCE_TENSORS } from "./tensorflow-network.js";
import { TensorFlowTraining } from "./tensorflow-training.js";
import type { Tensor, Tfjs } from "./tfjs.js";
import { BINDINGS, type BindingName, loadBinding } from "./tfjs-binding.js";

/** The bindings that can compute on a device, in the order in which they are tried. */
const BINDINGS_OF: Partial<Record<Device, readonly BindingName[]>> = {
  auto: BINDINGS,
  cpu: ["@tensorflow/tfjs-node"],
  cuda: ["@tensorflow/tfjs-node-gpu"],
};

/**
 * Starts TensorFlow through TensorFlow.js' native binding, where one is installed.
 * @param device `auto` is the GPU's binding where it is installed, and the GPU where that finds one
 * @param threads most threads of an operation; one for each core where left out. They are the
 * process's: a binding that is loaded already keeps its own
 * @throws EngineError ENGINE_UNAVAILABLE where no binding loads, or none has such a device
 */
export async function startTensorFlow(device: Device = "auto", threads?: number): Promise<Engine> {
  // TensorFlow reads both when it loads, and has no other way to be told through its binding.
  if (threads !== undefined) {
    process.env.TF_NUM_INTRAOP_THREADS = String(threads);
    process.env.TF_NUM_INTEROP_THREADS = "1";
  }
  const { tf, name, passedOver } = await loadBinding(bindingsOf(device));
  const found = tf.backend().isUsingGpuDevice ? "cuda" : "cpu";
  if (device === "cuda" && found !== device) throw noDevice(device, `none in ${name}`);
  return {
    name: "tensorflow",
    device: found,
    reason: [`${name} ${tf.version["tfjs-node"]}`, ...passedOver].join("; "),
    prepare: (model, head = "density") =>
      attempt("TensorFlow", async () => {
        const layers = headLayers(model.architecture, head);
        const weights = new Map(
          // Copies: a tensor may share its memory with the array that it is made of.
          stageWeights({ layers }).map(({ name: weight, shape }) => [
            weight,
            tf.tensor(weightOf(model, weight).data.slice(), shape),
          ]),
        );
        return network(tf, layers, weights);
      }),
    prepareTraining: (stage, state) =>
      attempt("TensorFlow", async () => new TensorFlowTraining(tf, stage, state)),
  };
}

function network(tf: Tfjs, layers: readonly TracedLayer[], weights: ReadonlyMap<string, Tensor>): Network {
  return {
    predict: (frames, shape, map = new Float32Array(frames.length)) =>
      attempt("TensorFlow", async () => {
        const values = tf.tidy(() =>
          runLayers(tf, layers, tf.tensor(frames, [...shape, 1]), weights, {
            windows: SEQUENCE_TENSORS,
          }).output.dataSync(),
        );
        map.set(values);
        return map;
      }),
    async dispose() {
      for (const weight of weights.values()) weight.dispose();
    },
  };
}

function bindingsOf(device: Device): readonly BindingName[] {
  const names = BINDINGS_OF[device];
  if (names) return names;
  throw noDevice(device, "TensorFlow, which has no such device");
}

const CPU = optionText("device", "cpu");

function noDevice(device: Device, found: string): EngineError {
  return new EngineError("ENGINE_UNAVAILABLE", {
    subject: `device ${device}`,
    expected: "a device that TensorFlow can use",
    found,
    advice:
      device === "cuda"
        ? `It needs an NVIDIA driver and the CUDA libraries that docs/engines.md names. Use ${CPU}.`
        : `Use ${CPU} or ${optionText("device", "cuda")}.`,
  });
}

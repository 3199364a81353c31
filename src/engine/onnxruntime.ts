import type { InferenceSession } from "onnxruntime-node";
import { EngineError, messageOf } from "../base/errors.js";
import { optionText } from "../base/option-text.js";
import { BlockedGraph } from "../graph/blocked-graph.js";
import { OnnxGraph } from "../graph/onnx-graph.js";
import { DENSITY, FRAMES, headLayers, runtimeGraph } from "../graph/prediction.js";
import { addedCuda, CUDA_IS_MADE, loadAddedLibraries, runtimeWithCuda } from "./added-cuda.js";
import { attempt } from "./attempt.js";
import { channelBlock } from "./channel-block.js";
import type { Device, Engine, Network } from "./engine.js";
import { cudaLoadingTrouble, loadRuntime, type Runtime } from "./onnxruntime-library.js";
import { OnnxRuntimeTraining } from "./onnxruntime-training.js";
import { smallestGraph } from "./smallest-graph.js";

/** A device by its name. */
export type NamedDevice = Exclude<Device, "auto">;

/**
 * Starts ONNX Runtime.
 * @param device the CPU where left out: it is right everywhere, and fast for networks as small as
 * these
 * @param threads most threads that count on the CPU; one for each core where left out
 * @throws EngineError ENGINE_UNAVAILABLE when its native library does not load or has no such
 * device
 */
export async function startOnnxRuntime(device?: NamedDevice, threads?: number): Promise<Engine> {
  const chosen = device ?? "cpu";
  if (chosen === "cuda") checkCudaIsThere();
  const runtime = await loadRuntime();
  if (chosen !== "cpu") await checkDevice(runtime, chosen);
  const create = (graph: Uint8Array) => createSession(runtime, graph, chosen);
  return {
    name: "onnxruntime",
    device: chosen,
    reason: `onnxruntime-node ${runtime.env.versions.node}${device === undefined ? ", which comes with this program; networks as small as these run well on any CPU" : ""}`,
    async prepare(model, head = "density") {
      const graph = runtimeGraph(model, headLayers(model.architecture, head));
      return network(await createSession(runtime, graph, chosen, { threads }), runtime);
    },
    async prepareTraining(stage, state, busy = false) {
      const block = chosen === "cpu" ? await channelBlock(runtime, create) : undefined;
      const newGraph = () => (block === undefined ? new OnnxGraph() : new BlockedGraph(block));
      const createShared = (graph: Uint8Array) => createSession(runtime, graph, chosen, { busy });
      return OnnxRuntimeTraining.start(runtime, createShared, stage, state, newGraph);
    },
  };
}

/**
 * Makes a stored prediction graph ready on the CPU, as other programs run it.
 * Its frames are raw, not normalised.
 * @param framesSeen by the network at a time; that many frames of a call make one window
 * @throws EngineError ENGINE_UNAVAILABLE, ENGINE_FAILED
 */
export async function openStoredGraph(graph: Uint8Array, framesSeen: number): Promise<Network> {
  const runtime = await loadRuntime();
  return network(await createSession(runtime, graph, "cpu"), runtime, framesSeen);
}

/** @throws EngineError ENGINE_UNAVAILABLE where there is no part for CUDA that can be loaded */
function checkCudaIsThere(): void {
  const state = addedCuda();
  if (state.state === "unusable") {
    throw noDevice("cuda", `a part for CUDA that does not fit: ${state.reason}`, ADD_CUDA);
  }
  if (runtimeWithCuda() === undefined) throw noDevice("cuda", "no part for CUDA", ADD_CUDA);
  loadAddedLibraries();
}

/** Starts a session on a device to see whether that works. */
async function checkDevice(runtime: Runtime, device: NamedDevice): Promise<void> {
  try {
    const session = await createSession(runtime, smallestGraph(), device);
    await session.release();
  } catch (cause) {
    const found = (device === "cuda" && cudaLoadingTrouble()) || reasonOf(cause);
    throw noDevice(device, found, DEVICE_ADVICE[device], cause);
  }
}

function noDevice(device: NamedDevice, found: string, advice?: string, cause?: unknown): EngineError {
  return new EngineError("ENGINE_UNAVAILABLE", {
    subject: `device ${device}`,
    expected: "a device that ONNX Runtime can use",
    found,
    advice: `${advice ? `${advice} ` : ""}Use ${optionText("device", "cpu")}.`,
    cause,
  });
}

/** ONNX Runtime's log level for errors, without warnings. */
const LOG_ERRORS = 3;

const ADD_CUDA = CUDA_IS_MADE
  ? "To add it: defcon-fiji device add cuda."
  : "ONNX Runtime has it for Linux x64 alone.";
const DEVICE_ADVICE: Partial<Record<NamedDevice, string>> = {
  webgpu:
    "It needs a graphics driver with Vulkan (Linux, with libvulkan), Metal (macOS) or Direct3D 12 (Windows).",
  cuda: "It needs an NVIDIA card with its driver, CUDA 13 and cuDNN 9; defcon-fiji device add cuda --libraries adds the last two.",
};

/** The library's own words, without the place in its source. */
function reasonOf(cause: unknown): string {
  const text = cause instanceof EngineError ? (cause.trouble.found ?? "") : messageOf(cause);
  const line = (text.split("\n")[0] ?? "").replace(/^.* was false\. /, "");
  return /CUDA failure \d+: [^;]*[^; ]/.exec(line)?.[0] ?? line;
}

/**
 * Makes ONNX Runtime's threads sleep while they wait for one another.
 * By default they spin, which is fastest on an idle processor. Beside threads that simulate frames,
 * spinning takes a sixth more time.
 */
const ASLEEP = { session: { intra_op: { allow_spinning: "0" } } };

function createSession(
  runtime: Runtime,
  graph: Uint8Array,
  device: NamedDevice,
  { busy = false, threads }: { busy?: boolean; threads?: number | undefined } = {},
): Promise<InferenceSession> {
  const executionProviders = device === "cpu" ? ["cpu"] : [device, "cpu"];
  return attempt("ONNX Runtime", () =>
    runtime.InferenceSession.create(graph, {
      executionProviders,
      graphOptimizationLevel: "all",
      logSeverityLevel: LOG_ERRORS,
      ...(busy && { extra: ASLEEP }),
      ...(threads !== undefined && { intraOpNumThreads: threads }),
    }),
  );
}

function network(session: InferenceSession, { Tensor }: Runtime, framesSeen = 1): Network {
  return {
    async predict(frames, [count, height, width], map = new Float32Array(frames.length)) {
      const dims = [count / framesSeen, framesSeen, height, width];
      // An output given beforehand is filled in place, so that its buffer can be handed on.
      await attempt("ONNX Runtime", async () => {
        const feeds = { [FRAMES]: new Tensor("float32", frames, dims) };
        await session.run(feeds, { [DENSITY]: new Tensor("float32", map, dims) });
      });
      return map;
    },
    dispose: () => session.release(),
  };
}

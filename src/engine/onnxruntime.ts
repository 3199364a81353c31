import { join } from "node:path";
import type { InferenceSession } from "onnxruntime-node";
import { EngineError, messageOf } from "../base/errors.js";
import { packageRoot } from "../base/home.js";
import { HOW_TO_INSTALL } from "../base/how-to-install.js";
import { BlockedGraph } from "../graph/blocked-graph.js";
import { OnnxGraph } from "../graph/onnx-graph.js";
import { DENSITY, FRAMES, headLayers, runtimeGraph } from "../graph/prediction.js";
import { attempt } from "./attempt.js";
import { channelBlock } from "./channel-block.js";
import type { Device, Engine, Network } from "./engine.js";
import { OnnxRuntimeTraining, type Runtime } from "./onnxruntime-training.js";
import { smallestGraph } from "./smallest-graph.js";

/**
 * Starts ONNX Runtime.
 * @param device `auto` is the CPU, which is known to be right everywhere for networks as small as
 * these
 * @param threads most threads that count on the CPU; one for each core where left out
 * @throws EngineError ENGINE_UNAVAILABLE when its native library does not load or has no such
 * device
 */
export async function startOnnxRuntime(device: Device = "auto", threads?: number): Promise<Engine> {
  const runtime = await loadRuntime();
  const chosen = device === "auto" ? "cpu" : device;
  if (chosen !== "cpu") await checkDevice(runtime, chosen);
  const create = (graph: Uint8Array) => createSession(runtime, graph, chosen);
  return {
    name: "onnxruntime",
    device: chosen,
    reason: `onnxruntime-node ${runtime.env.versions.node}${device === "auto" ? ", which comes with this program; networks as small as these run well on any CPU" : ""}`,
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

async function loadRuntime(): Promise<Runtime> {
  // ONNX Runtime 1.30 leaves an identifier on disk and reports use to its makers unless told not to
  // before it loads. Both spellings are in use. In a worker, this reaches the native side only if
  // the worker shares its parent's environment.
  process.env.ORT_DISABLE_TELEMETRY = "1";
  process.env.ORT_TELEMETRY_DISABLED = "1";
  return import("onnxruntime-node").catch((cause: unknown) => {
    throw new EngineError("ENGINE_UNAVAILABLE", {
      subject: `onnxruntime-node on ${process.platform} ${process.arch}`,
      expected: "its native library",
      found: messageOf(cause),
      advice: `Supported are Linux and Windows on x64 and arm64, and macOS on arm64. Install again: ${HOW_TO_INSTALL}`,
      cause,
    });
  });
}

/** Starts a session on a device to see whether that works. */
async function checkDevice(runtime: Runtime, device: Device): Promise<void> {
  try {
    const session = await createSession(runtime, smallestGraph(), device);
    await session.release();
  } catch (cause) {
    throw new EngineError("ENGINE_UNAVAILABLE", {
      subject: `device ${device}`,
      expected: "a device that ONNX Runtime can use",
      found: reasonOf(cause),
      advice: DEVICE_ADVICE[device] ?? "Use --device cpu.",
      cause,
    });
  }
}

/** ONNX Runtime's log level for errors, without warnings. */
const LOG_ERRORS = 3;

const DEVICE_ADVICE: Partial<Record<Device, string>> = {
  webgpu:
    "It needs a graphics driver with Vulkan (Linux, with libvulkan), Metal (macOS) or Direct3D 12 (Windows). Use --device cpu.",
  cuda: cudaAdvice(),
};

/** Says how to add CUDA: by the install script that this program keeps from running by itself. */
function cudaAdvice(): string {
  if (process.platform !== "linux" || process.arch !== "x64") {
    return "ONNX Runtime has it for Linux x64 alone. Use --device cpu.";
  }
  const script = join(packageRoot, "node_modules", "onnxruntime-node", "script", "install.js");
  return `It needs an NVIDIA driver, CUDA 12, cuDNN 9, and a part that this command fetches from nuget.org: ONNXRUNTIME_NODE_INSTALL=cuda12 node "${script}". Else use --device cpu.`;
}

/** The library's own words, without the place in its source. */
function reasonOf(cause: unknown): string {
  const text = cause instanceof EngineError ? (cause.trouble.found ?? "") : messageOf(cause);
  return (text.split("\n")[0] ?? "").replace(/^.* was false\. /, "");
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
  device: Device,
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

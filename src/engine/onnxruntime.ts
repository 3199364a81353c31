import type { InferenceSession, Tensor } from "onnxruntime-node";
import { EngineError, messageOf } from "../base/errors.js";
import { DENSITY, FRAMES, runtimeGraph } from "../graph/prediction.js";
import type { Model } from "../model/weights.js";
import type { Engine, Network } from "./engine.js";

/**
 * ONNX Runtime on the CPU.
 * @throws EngineError ENGINE_UNAVAILABLE when its native library cannot be loaded
 */
export async function startOnnxRuntime(): Promise<Engine> {
  // ONNX Runtime 1.30 leaves an identifier on disk and reports use to its makers unless told so before it is loaded; both spellings are
  // in use. In a worker this reaches the native side only if the worker shares its parent's environment.
  process.env.ORT_DISABLE_TELEMETRY = "1";
  process.env.ORT_TELEMETRY_DISABLED = "1";
  const runtime = await import("onnxruntime-node").catch((cause: unknown) => {
    throw new EngineError("ENGINE_UNAVAILABLE", {
      subject: `onnxruntime-node on ${process.platform} ${process.arch}`,
      expected: "its native library",
      found: messageOf(cause),
      advice:
        "Supported are Linux and Windows on x64 and arm64, and macOS on arm64. Install again: npm install -g defcon-fiji",
      cause,
    });
  });
  return {
    name: "onnxruntime",
    device: "cpu",
    async prepare(model: Model): Promise<Network> {
      const session = await attempt(() =>
        runtime.InferenceSession.create(runtimeGraph(model), {
          executionProviders: ["cpu"],
          graphOptimizationLevel: "all",
        }),
      );
      return network(session, runtime.Tensor);
    },
  };
}

function network(session: InferenceSession, TensorClass: typeof Tensor): Network {
  return {
    async predict(frames, [count, height, width], density = new Float32Array(frames.length)) {
      const dims = [count, 1, height, width];
      // An output given beforehand is filled in place, so that its buffer is ours to hand on.
      await attempt(async () => {
        const feeds = { [FRAMES]: new TensorClass("float32", frames, dims) };
        await session.run(feeds, { [DENSITY]: new TensorClass("float32", density, dims) });
      });
      return density;
    },
    dispose: () => session.release(),
  };
}

async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new EngineError("ENGINE_FAILED", {
      subject: "ONNX Runtime",
      found: messageOf(cause),
      advice: "If memory ran out, close other programs or count a smaller region.",
      cause,
    });
  }
}

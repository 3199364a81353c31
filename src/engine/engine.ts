import type { Model } from "../model/weights.js";

/** Runs networks on one device. Calls may block their thread: engines live in a worker. */
export interface Engine {
  /** "onnxruntime" … */
  readonly name: string;
  /** "cpu" … */
  readonly device: string;
  /** Makes a network ready to run. @throws EngineError ENGINE_FAILED */
  prepare(model: Model): Promise<Network>;
}

/** A model that an engine holds ready. */
export interface Network {
  /**
   * Density maps of normalised frames.
   * @param frames (N,H,W) in [0, 1], H and W multiples of the architecture's sideMultiple
   * @param shape [N, H, W]
   * @param density where the maps are put; an array of its own where left out
   * @returns (N,H,W) emitters per pixel
   * @throws EngineError ENGINE_FAILED
   */
  predict(
    frames: Float32Array,
    shape: readonly [number, number, number],
    density?: Float32Array,
  ): Promise<Float32Array>;
  dispose(): Promise<void>;
}

import type { AdamState } from "../graph/adam.js";
import type { Stage } from "../graph/training.js";
import type { Head } from "../model/layer-rows.js";
import type { Model } from "../model/weights.js";

/**
 * Devices an engine may be asked to run on. With ONNX Runtime, `auto` is the first of cuda and
 * webgpu that computes right and faster than the CPU, else the CPU.
 */
export const DEVICES = ["auto", "cpu", "webgpu", "cuda"] as const;
export type Device = (typeof DEVICES)[number];

/**
 * Servers that speak the Open Inference Protocol, by their URLs with commas between them:
 * `https://HOST[:PORT]`, or `https://HOST/v2/models/NAME[/versions/N]` for a model of another name.
 */
export type ServerUrls = `http://${string}` | `https://${string}`;

/** What computes here, and where. An engine left out is `auto`, a device left out the engine's own. */
export interface LocalEngineChoice {
  engine?: EngineName | undefined;
  device?: Device | undefined;
  /** Most threads that count on the CPU; the engine's own number where left out. */
  threads?: number | undefined;
}

/** What computes, and where: this machine, or servers. */
export interface EngineChoice {
  engine?: EngineName | ServerUrls | undefined;
  /** Where this machine counts; with servers, while none of them answers. */
  device?: Device | undefined;
  /** Most threads that count on this machine's CPU; the engine's own number where left out. */
  threads?: number | undefined;
  /** Whether this machine counts while no server answers; false where left out. */
  orLocal?: boolean | undefined;
  /** A file of certificates in PEM that vouch for servers, besides those of Node.js. */
  engineCa?: string | undefined;
  /** A file with the token that servers want to see. */
  engineToken?: string | undefined;
  /** Longest time from a request to the end of a server's answer, seconds; 60 where left out. */
  engineTimeout?: number | undefined;
}

/**
 * Engines that may be asked for.
 * `auto` is ONNX Runtime, which comes with this program and counts faster.
 */
export const ENGINES = ["auto", "onnxruntime", "tensorflow"] as const;
export type EngineName = (typeof ENGINES)[number];

/** Runs networks on one device. Calls may block their thread: engines live in a worker. */
export interface Engine {
  /** "onnxruntime", "tensorflow" */
  readonly name: string;
  /** The device that computes: "cpu", "cuda" … */
  readonly device: string;
  /** Why it is this engine and device, for people: what was loaded, and what was not. */
  readonly reason: string;
  /** Calls that may be under way at a time; 1 where left out. */
  readonly callsAtOnce?: number;
  /**
   * Makes a network ready to run.
   * @param head the map wanted; density where left out
   * @throws EngineError ENGINE_FAILED
   */
  prepare(model: Model, head?: Head): Promise<Network>;
  /**
   * Makes a stage ready to be trained from a state.
   * @param busy whether other threads of this program work at the same time
   * @throws EngineError ENGINE_FAILED
   */
  prepareTraining(stage: Stage, state: StageState, busy?: boolean): Promise<Training>;
}

/** A model that an engine holds ready. */
export interface Network {
  /**
   * Makes maps of normalised frames.
   * For density maps of a model that sees three frames at a time, a call takes three or more
   * consecutive frames.
   * @param frames (N,H,W) in [0, 1], H and W multiples of the architecture's sideMultiple
   * @param shape [N, H, W]
   * @param map where the maps are put; a new array where left out
   * @returns (N,H,W): emitters per pixel, or the probability of an emitter
   * @throws EngineError ENGINE_FAILED
   */
  predict(
    frames: Float32Array,
    shape: readonly [number, number, number],
    map?: Float32Array,
  ): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/**
 * A stage's parameters, and Adam's running means of their gradient and its square.
 * The order is that of stageWeights, the layout Keras'.
 */
export type StageState = Record<keyof AdamState, Float32Array>;

/**
 * Input frames and their targets, each (N,H,W). Omit targets of heads that this stage lacks.
 * For a network that sees three frames at a time, every three of them are a sample.
 */
export interface TrainingBatch {
  shape: readonly [count: number, height: number, width: number];
  input: Float32Array;
  segmentationTarget?: Float32Array;
  densityTarget?: Float32Array;
}

/** A stage in training. Its parameters stay inside the engine between steps. */
export interface Training {
  /**
   * One step of Adam.
   * @param dropout the factors of each dropout layer, (N, channels, H / scale, W / scale)
   * @param rate adamRate
   * @returns the loss before the step
   * @throws EngineError ENGINE_FAILED
   */
  step(batch: TrainingBatch, dropout: ReadonlyMap<string, Float32Array>, rate: number): Promise<number>;
  /** The loss of a batch without dropout. @throws EngineError ENGINE_FAILED */
  loss(batch: TrainingBatch): Promise<number>;
  /** A copy of the state as it is now. */
  state(): StageState;
  dispose(): Promise<void>;
}

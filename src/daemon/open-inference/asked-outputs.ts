import { InputError, ProtocolError } from "../../base/errors.js";
import { DOOR_LIMITS } from "../../base/limits.js";
import type { FrameCertainty } from "../../certainty/frame-certainty.js";
import type { Datatype } from "../../open-inference/datatypes.js";
import type { ReceivedInferRequest } from "../../open-inference/infer-request.js";
import type { Parameters, Tensor } from "../../open-inference/tensor.js";
import { tensorOf } from "../../open-inference/tensor.js";
import { isLargeEnough } from "../../predict/frame-certainty.js";
import type { ModelSummary } from "../../predict/prediction.js";
import type { AskedFrames } from "./asked-frames.js";

/** What the daemon tells of each frame, by the name of an output. */
export const OUTPUTS = {
  count: "FP64",
  max_local_count: "FP64",
  density: "FP32",
  count_error: "FP64",
  max_local_count_error: "FP64",
  away: "FP64",
  unlike: "BOOL",
} as const satisfies Record<string, Datatype>;

export type Output = keyof typeof OUTPUTS;

/** Outputs of a model that says how far it is to be trusted. */
const CERTAINTY: readonly Output[] = ["count_error", "max_local_count_error", "away", "unlike"];

/** An output of a request, and whether it is wanted as bytes. */
export interface AskedOutput {
  name: Output;
  binary: boolean;
}

/** The outputs that a model has, by name. */
export function outputsOf({ trainedOn }: Pick<ModelSummary, "trainedOn">): Output[] {
  const all = Object.keys(OUTPUTS) as Output[];
  return trainedOn ? all : all.filter((name) => !CERTAINTY.includes(name));
}

/**
 * The outputs that a request wants; where it names none, all but the maps.
 * @param pool the square that is asked for; another than the model's has no expected error
 * @param size of the frames; small ones have no expected errors
 * @throws ProtocolError PROTOCOL_MESSAGE for an output that the model does not have; InputError
 * INPUT_SIZE for more numbers than are written as JSON
 */
export function askedOutputs(
  { outputs, binaryOutputs }: Pick<ReceivedInferRequest, "outputs" | "binaryOutputs">,
  model: ModelSummary,
  pool: number,
  size: { width: number; height: number },
): AskedOutput[] {
  const isKnown = (name: Output) =>
    !CERTAINTY.includes(name) ||
    (isLargeEnough(size) && (name !== "max_local_count_error" || pool === model.pool));
  const known = outputsOf(model).filter(isKnown);
  if (!outputs) {
    return known.filter((name) => name !== "density").map((name) => ({ name, binary: binaryOutputs }));
  }
  return outputs.map(({ name, binary, parameters }) => {
    const output = known.find((each) => each === name);
    const [unknown] = Object.keys(parameters ?? {});
    if (unknown !== undefined)
      throw refused(`parameter ${unknown} of output ${name}`, "binary_data", unknown);
    if (!output) throw refused(`output of model ${model.name}, for these frames`, known.join(", "), name);
    return { name: output, binary };
  });
}

function refused(subject: string, expected: string, found: string): ProtocolError {
  return new ProtocolError("PROTOCOL_MESSAGE", { subject, expected: `one of ${expected}`, found });
}

/**
 * Refuses answers that are too long.
 * @returns the bytes of the answer's tensors
 * @throws InputError INPUT_SIZE
 */
export function checkAnswer(outputs: readonly AskedOutput[], frames: number, pixels: number): number {
  let [bytes, numbers] = [0, 0];
  for (const { name, binary } of outputs) {
    const values = name === "density" ? frames * pixels : frames;
    bytes += values * BYTES[OUTPUTS[name]];
    if (!binary) numbers += values;
  }
  if (bytes > DOOR_LIMITS.maxBodyBytes) {
    const expected = `at most ${DOOR_LIMITS.maxBodyBytes} bytes`;
    const advice = "Send fewer frames in a request, or ask for no density maps.";
    throw new InputError("INPUT_SIZE", { subject: "the answer", expected, found: `${bytes}`, advice });
  }
  if (numbers > DOOR_LIMITS.maxJsonNumbers) {
    const expected = `at most ${DOOR_LIMITS.maxJsonNumbers} numbers as JSON`;
    const advice = "Ask for the outputs as binary tensor data (binary_data).";
    throw new InputError("INPUT_SIZE", { subject: "the answer", expected, found: `${numbers}`, advice });
  }
  return bytes;
}

const BYTES = { FP64: 8, FP32: 4, BOOL: 1 } as const;

/** What was counted in a frame. */
export interface CountedFrame {
  count: number;
  maxLocalCount: number;
  /** The map's float32 as bytes, of length 0 where it was not wanted. It is valid during the call. */
  density: Uint8Array;
  /** Absent where the model does not know. */
  certainty: FrameCertainty | undefined;
}

/** The outputs of a request, filled frame by frame. */
export class FilledOutputs {
  private readonly values = new Map<Output, Float64Array<ArrayBuffer> | Uint8Array<ArrayBuffer>>();
  private readonly reasons = new Set<string>();

  constructor(
    private readonly asked: readonly AskedOutput[],
    private readonly input: Pick<AskedFrames, "shape" | "frames" | "width" | "height">,
  ) {
    const { frames, width, height } = input;
    for (const { name } of asked) {
      // Every byte of a map is written before anybody reads it.
      if (name === "density") this.values.set(name, Buffer.allocUnsafeSlow(4 * frames * width * height));
      else this.values.set(name, name === "unlike" ? new Uint8Array(frames) : new Float64Array(frames));
    }
  }

  /** Takes the counts of the frame at a place. */
  fill(index: number, { count, maxLocalCount, density, certainty }: CountedFrame): void {
    const set = (name: Output, value: number | undefined) => {
      const values = this.values.get(name);
      if (values) values[index] = value ?? Number.NaN;
    };
    set("count", count);
    set("max_local_count", maxLocalCount);
    set("count_error", certainty?.countError);
    set("max_local_count_error", certainty?.maxLocalCountError);
    set("away", certainty?.away);
    if (this.values.has("density")) {
      (this.values.get("density") as Uint8Array).set(density, index * density.byteLength);
    }
    const reason = certainty?.unlike ?? "";
    set("unlike", Number(reason !== ""));
    if (reason !== "" && this.reasons.size < DOOR_LIMITS.maxReasons) this.reasons.add(reason);
  }

  /** All outputs, in the order in which they were asked for. */
  tensors(): Tensor[] {
    const { frames, shape } = this.input;
    return this.asked.map(({ name }) => {
      const values = this.values.get(name)!;
      const datatype = OUTPUTS[name];
      if (name === "density") return { name, datatype, shape, data: values as Uint8Array };
      if (values instanceof Float64Array) return tensorOf(name, "FP64", [frames], values);
      return tensorOf(name, "BOOL", [frames], values);
    });
  }

  /** Why frames are unlike those of the training, where an output tells that some are. */
  parameters(): Parameters | undefined {
    if (this.reasons.size === 0 || !this.values.has("unlike")) return undefined;
    return { unlike_because: [...this.reasons].join("; ") };
  }
}

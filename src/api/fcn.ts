import { resolve } from "node:path";
import { checkArgument, checkOptions, FLAG, numberArgument, oneOf, PATH, TEXT } from "../base/arguments.js";
import { InputError } from "../base/errors.js";
import { ABOVE_ZERO, wholeNumber } from "../base/number-rule.js";
import type { EngineChoice } from "../engine/engine.js";
import { NATIVE_FORMAT, WRITTEN_FORMATS, writeModel } from "../formats/registry.js";
import { arrayStack, type NdArray } from "../frames/nd-array.js";
import { askedOption, OPEN_RULES, type OpenOptions, openOptions } from "../frames/open-options.js";
import { openStack } from "../frames/open-stack.js";
import type { StackReader } from "../frames/stack-reader.js";
import type { Model } from "../model/weights.js";
import { predictFrames } from "../predict/counted-frames.js";
import { largestSquareSum } from "../predict/counts.js";
import type { LoadedModel } from "../predict/loaded-model.js";
import type { ModelSummary, Wanted } from "../predict/prediction.js";
import { Predictor } from "../predict/predictor.js";
import { newRecording } from "../predict/recording-certainty.js";
import { type CountedFrame, predictStack } from "../predict/stack.js";
import { checkedFrames, type FrameSource, knownSource } from "./frame-source.js";
import { layerSummary } from "./layer-summary.js";
import { CALL_RULES, ENGINE_RULES } from "./work.js";

/** How frames are counted, and how those in a file are read. */
export interface PredictOptions extends OpenOptions {
  /** Whether density maps are returned; true where left out. */
  density?: boolean | undefined;
  /** Side of the square of the max local count, pixels; the model's own where left out. */
  pool?: number | undefined;
  /** Stops between frames. */
  signal?: AbortSignal | undefined;
  /** Called after each frame. @param frames number of frames counted so far */
  onProgress?: ((frames: number) => void) | undefined;
}

const SIDE_RULE = numberArgument(wholeNumber(1));
const PREDICT_RULES = { density: FLAG, pool: SIDE_RULE, ...OPEN_RULES, ...CALL_RULES };
const MAX_COUNT_RULES = { ...OPEN_RULES, ...CALL_RULES };
const SQUARE_RULES = { pool: SIDE_RULE, strides: SIDE_RULE };
const SUMMARY_RULES = { print: FLAG };
const SAVE_RULES = { force: FLAG };
const SAVE_TF_RULES = { ...SAVE_RULES, division: numberArgument(ABOVE_ZERO) };

/** The density maps and counts of frames. */
export interface Predictions extends NdArray<Float32Array> {
  /** (N, H, W, 1): a map for each frame. */
  shape: readonly [frames: number, height: number, width: number, channels: 1];
  /** Emitters per pixel; empty if maps were not wanted. */
  data: Float32Array;
  /** Emitters of each frame: the sum of its map. */
  counts: Float64Array;
  /** The largest sum over a square, for each frame. */
  maxLocalCounts: Float64Array;
  /** Everything else about each frame, including how far its counts are to be trusted. */
  frames: Omit<CountedFrame, "density">[];
}

/** The max local counts of frames. */
export interface MaxCounts extends NdArray<Float32Array> {
  /** (N, 1). */
  shape: readonly [frames: number, values: 1];
  data: Float32Array;
}

/** How a model is saved. */
export interface SaveOptions {
  /** Whether an earlier model of the same format may be replaced; false where left out. */
  force?: boolean | undefined;
}

/** How a SavedModel is saved. */
export interface SaveTfOptions extends SaveOptions {
  /** The result is divided by this; 1 where left out. */
  division?: number | undefined;
}

/** The square of a max local count. */
export interface MaxCountSquare {
  /** Side, pixels; the model's own where left out. */
  pool?: number | undefined;
  /** Pixels from one square to the next; 1 where left out. */
  strides?: number | undefined;
}

/**
 * A fully convolutional network that counts, in a thread of its own.
 *
 * @example
 * ```ts
 * await using model = await FCN.fromFile("defcon");
 * for await (const { index, count, maxLocalCount } of model.stream("stack.tif")) {
 *   console.log(index, count, maxLocalCount);
 * }
 * ```
 */
export class FCN {
  private isOpen = true;

  private constructor(
    private readonly predictor: Predictor,
    private readonly loaded: LoadedModel,
    private readonly model: Model,
  ) {}

  /**
   * Loads a model.
   * @param nameOrPath name of an installed model, or path of a model of any known format; the
   * default model where left out
   * @param options.engine ONNX Runtime where left out
   * @param options.device where it counts; the CPU where left out
   * @param options.threads most threads that count on the CPU; the engine's own number where left out
   * @throws ModelFormatError, also MODEL_NOT_FOUND; EngineError ENGINE_UNAVAILABLE; InputError
   * INPUT_OPTION
   */
  static async fromFile(nameOrPath?: string, options: EngineChoice = {}): Promise<FCN> {
    if (nameOrPath !== undefined) checkArgument("model", nameOrPath, TEXT);
    checkOptions(options, ENGINE_RULES);
    const predictor = await Predictor.start(options);
    try {
      const loaded = await predictor.load(nameOrPath);
      return new FCN(predictor, loaded, await loaded.model());
    } catch (error) {
      await predictor.close();
      throw error;
    }
  }

  /** Name, file, architecture and square of the model. */
  get info(): ModelSummary {
    return this.loaded.summary;
  }

  /** What computes, and on which device: "onnxruntime", "cpu". */
  get engine(): { name: string; device: string } {
    const { engine: name, device } = this.predictor;
    return { name, device };
  }

  /**
   * Prints the table of layers.
   * @param options.print whether to print (true)
   * @returns the table
   */
  summary(options: { print?: boolean | undefined } = {}): string {
    checkOptions(options, SUMMARY_RULES);
    const { print = true } = options;
    const text = layerSummary(this.model.architecture);
    if (print) console.log(text);
    return text;
  }

  /**
   * Counts all frames, with their maps together in memory: four bytes per pixel.
   * {@link FCN.stream} needs only bounded memory.
   * @throws InputError, naming the frame or the option; EngineError; DefconError CANCELLED; what
   * the program's own iterable or `onProgress` throws
   */
  async predict(frames: FrameSource, options: PredictOptions = {}): Promise<Predictions> {
    checkOptions(options, PREDICT_RULES);
    return gathered(this.stream(frames, options), options.density ?? true);
  }

  /**
   * Counts a stack in a file.
   * @param index counts only this frame, from 0
   * @throws as {@link FCN.predict}; InputError INPUT_OPTION for a frame that the stack does not
   * have
   */
  async predictTiff(
    path: string,
    options: PredictOptions & { index?: number | undefined } = {},
  ): Promise<Predictions> {
    checkArgument("path", path, PATH);
    checkOptions(options, { ...PREDICT_RULES, index: numberArgument(wholeNumber(0)) });
    const { index } = options;
    this.checkOpen();
    return gathered(this.countFile(path, options, index), options.density ?? true);
  }

  /**
   * Counts the frames of an array in an HDF5 file.
   * @param source FILE.h5:PATH
   * @throws as {@link FCN.predict}
   */
  async predictSet(source: string, options: PredictOptions = {}): Promise<Predictions> {
    checkArgument("source", source, PATH);
    return this.predict(source, options);
  }

  /**
   * Counts frames one after the other, in order and in bounded memory.
   * @throws as {@link FCN.predict}, at the frame that fails
   */
  async *stream(frames: FrameSource, options: PredictOptions = {}): AsyncGenerator<CountedFrame> {
    checkOptions(options, PREDICT_RULES);
    this.checkOpen();
    const source = knownSource(frames);
    if (source.kind !== "path") refuseOpenOptions(options);
    if (source.kind === "path") yield* this.countFile(source.path, options);
    else if (source.kind === "array") yield* this.countStack(arrayStack(source.array), options);
    else if (source.kind === "stack") yield* this.countStack(source.stack, options);
    else {
      const { signal } = options;
      const checked = checkedFrames(source.frames, signal);
      yield* watched(predictFrames(this.loaded, checked, this.wanted(options), { signal }), options);
    }
  }

  /**
   * A model of the same network that predicts max local counts. It ends when this one is closed.
   * @throws InputError INPUT_OPTION
   */
  densityToMaxCount(square: MaxCountSquare = {}): MaxCountFCN {
    checkOptions(square, SQUARE_RULES);
    const { pool = this.info.pool, strides = 1 } = square;
    return new MaxCountFCN(this, this.model, pool, strides);
  }

  /**
   * Writes a TensorFlow SavedModel that gives the density map, for the original's plugin.
   * @throws InputError OUTPUT_WRITE; OUTPUT_EXISTS: a folder that is not a SavedModel is never replaced
   */
  async saveTfModel(folder: string, options: SaveTfOptions = {}): Promise<void> {
    checkOptions(options, SAVE_TF_RULES);
    const { division = 1, force } = options;
    await write(folder, this.model, "savedmodel", { division }, force);
  }

  /**
   * Writes the model.
   * @param format one of {@link MODEL_FORMATS}; "onnx" where left out
   * @throws InputError OUTPUT_WRITE, OUTPUT_EXISTS, INPUT_OPTION
   */
  async save(path: string, format: string = NATIVE_FORMAT.id, options: SaveOptions = {}): Promise<void> {
    checkOptions(options, SAVE_RULES);
    await write(path, this.model, format, {}, options.force);
  }

  /**
   * Ends the model's thread. Calls under way fail; the model can still be saved.
   * A program that ends without it ends all the same.
   */
  close(): Promise<void> {
    this.isOpen = false;
    return this.predictor.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** @param index counts only this frame, from 0 */
  private async *countFile(
    path: string,
    options: PredictOptions,
    index?: number,
  ): AsyncGenerator<CountedFrame> {
    const stack = await openStack(path, openOptions(options));
    try {
      // A single frame is judged by itself, without the frames before it.
      const range = index === undefined ? {} : { ...oneFrame(stack, index), recording: newRecording() };
      yield* this.countStack(stack, options, range);
    } finally {
      await stack.close();
    }
  }

  private countStack(
    stack: StackReader,
    options: PredictOptions,
    range: { first?: number; end?: number; recording?: number } = {},
  ): AsyncGenerator<CountedFrame> {
    const { signal } = options;
    const counted = predictStack(this.loaded, stack, this.wanted(options), { ...range, signal });
    return watched(counted, options);
  }

  private wanted({ density = true, pool = this.info.pool }: PredictOptions): Wanted {
    return { density, maxLocalCount: true, pool, certainty: true };
  }

  private checkOpen(): void {
    if (this.isOpen) return;
    throw new InputError("INPUT_OPTION", {
      subject: `model ${this.info.name}`,
      expected: "a model in use",
      found: "one that was closed",
      advice: "Load it again with FCN.fromFile.",
    });
  }
}

/** A model that predicts max local counts. Made by {@link FCN.densityToMaxCount}. */
export class MaxCountFCN {
  /** @internal */
  constructor(
    private readonly density: FCN,
    private readonly model: Model,
    /** Side of the square, pixels. */
    readonly pool: number,
    /** Pixels from one square to the next. */
    readonly strides: number,
  ) {}

  /** Prints the table of layers. @returns the table */
  summary(options: { print?: boolean | undefined } = {}): string {
    checkOptions(options, SUMMARY_RULES);
    const { print = true } = options;
    const text = layerSummary(this.model.architecture, { maxCount: true });
    if (print) console.log(text);
    return text;
  }

  /** The largest sum over a square of each frame's map. @throws as {@link FCN.predict} */
  async predict(
    frames: FrameSource,
    options: Omit<PredictOptions, "density" | "pool"> = {},
  ): Promise<MaxCounts> {
    checkOptions(options, MAX_COUNT_RULES);
    const { pool, strides } = this;
    const found: number[] = [];
    // The engine's thread handles squares one pixel apart; other strides need the map here.
    const density = strides > 1;
    for await (const counted of this.density.stream(frames, { ...options, density, pool })) {
      found.push(
        density ? largestSquareSum(counted.density!, counted.width, pool, strides) : counted.maxLocalCount,
      );
    }
    return { shape: [found.length, 1], data: Float32Array.from(found) };
  }

  /** Counts a stack in a file. @throws as {@link FCN.predict} */
  async predictTiff(
    path: string,
    options: Omit<PredictOptions, "density" | "pool"> = {},
  ): Promise<MaxCounts> {
    checkArgument("path", path, PATH);
    return this.predict(path, options);
  }

  /**
   * Writes a TensorFlow SavedModel that gives the max local count.
   * @throws as {@link FCN.saveTfModel}
   */
  async saveTfModel(folder: string, options: SaveTfOptions = {}): Promise<void> {
    checkOptions(options, SAVE_TF_RULES);
    const { division = 1, force } = options;
    const { pool, strides } = this;
    await write(folder, this.model, "savedmodel", { result: "max-count", pool, strides, division }, force);
  }

  /** The model that this one was made from. */
  maxCountToDensity(): FCN {
    return this.density;
  }
}

/** Names of the formats that {@link FCN.save} writes. */
export const MODEL_FORMATS: readonly string[] = WRITTEN_FORMATS.map(({ id }) => id);

async function write(
  path: string,
  model: Model,
  id: string,
  options: Parameters<typeof writeModel>[3],
  force: boolean | undefined,
): Promise<void> {
  checkArgument("path", path, PATH);
  checkArgument("format", id, oneOf(MODEL_FORMATS));
  const format = WRITTEN_FORMATS.find((each) => each.id === id)!;
  await writeModel(resolve(path), model, format, options, force);
}

/** @throws InputError INPUT_OPTION for options that say how a file is read */
function refuseOpenOptions(options: PredictOptions): void {
  const said = askedOption(options);
  if (!said) return;
  throw new InputError("INPUT_OPTION", {
    subject: `option ${said}`,
    expected: "the path of a file, to which it applies",
    found: "frames that are read already",
    advice: "Leave it out, or open the file with openStack and this option.",
  });
}

function oneFrame({ path, info }: StackReader, index: number): { first: number; end: number } {
  if (index < info.frames) return { first: index, end: index + 1 };
  throw new InputError("INPUT_OPTION", {
    subject: `index ${index}`,
    expected: `a frame from 0 to ${info.frames - 1}`,
    found: `${path} with ${info.frames} frames`,
  });
}

async function* watched(
  counted: AsyncGenerator<CountedFrame>,
  { onProgress }: PredictOptions,
): AsyncGenerator<CountedFrame> {
  let frames = 0;
  for await (const frame of counted) {
    frames++;
    onProgress?.(frames);
    yield frame;
  }
}

/** Collects all maps in one array. @throws InputError INPUT_SIZE for frames of different sizes */
async function gathered(counted: AsyncIterable<CountedFrame>, wantsMaps: boolean): Promise<Predictions> {
  const frames: Predictions["frames"] = [];
  const maps: Float32Array[] = [];
  for await (const { density, ...frame } of counted) {
    const first = frames[0] ?? frame;
    if (frame.width !== first.width || frame.height !== first.height) {
      throw new InputError("INPUT_SIZE", {
        subject: `frame ${frame.index + 1}`,
        expected: `${first.width} x ${first.height} as the frames before`,
        found: `${frame.width} x ${frame.height}`,
        advice: "Count frames of different sizes with stream().",
      });
    }
    frames.push(frame);
    if (density) maps.push(density);
  }
  const { width = 0, height = 0 } = frames[0] ?? {};
  const data = new Float32Array(wantsMaps ? frames.length * width * height : 0);
  for (const [i, map] of maps.entries()) data.set(map, i * width * height);
  return {
    shape: [frames.length, height, width, 1],
    data,
    counts: Float64Array.from(frames, ({ count }) => count),
    maxLocalCounts: Float64Array.from(frames, ({ maxLocalCount }) => maxLocalCount),
    frames,
  };
}

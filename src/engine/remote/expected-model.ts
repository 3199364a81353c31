import { EngineError } from "../../base/errors.js";
import { DENSITY, FRAMES, NORMALISED } from "../../graph/prediction.js";
import { type Architecture, framesSeen } from "../../model/layers.js";
import type { ModelMetadata, TensorMetadata } from "../../open-inference/model-metadata.js";

/** What a server's model takes. */
export interface ServerInput {
  readonly name: typeof NORMALISED | typeof FRAMES;
  /** Whether frames and maps are (N,1,H,W), as in files of models; else they are (N,H,W). */
  readonly hasChannel: boolean;
}

/** A kind of model that counts, as servers describe it. */
interface Kind extends ServerInput {
  readonly input: TensorMetadata;
  readonly output: TensorMetadata;
}

/** Frames and maps may be of any number and size. */
const [WITH_CHANNEL, WITHOUT] = [
  [-1, 1, -1, -1],
  [-1, -1, -1],
] as const;

const asked = { name: NORMALISED, datatype: "FP32", shape: WITH_CHANNEL } as const;
const given = { name: DENSITY, datatype: "FP32", shape: WITH_CHANNEL } as const;

/** The best kind first. */
const KINDS: readonly Kind[] = [
  { name: NORMALISED, hasChannel: true, input: asked, output: given },
  { name: FRAMES, hasChannel: true, input: { ...asked, name: FRAMES }, output: given },
  // A daemon of this program. It takes every type of numbers, and names the one of cameras.
  {
    ...{ name: FRAMES, hasChannel: false },
    input: { name: FRAMES, datatype: "UINT16", shape: WITHOUT },
    output: { ...given, shape: WITHOUT },
  },
];

/** How to give a server the model that it needs. */
const HOW = `Put the model on it with: defcon-fiji export MODEL --format triton --input ${NORMALISED}.`;

/**
 * Checks that a server's model takes and gives what this program's network does.
 * It may give more.
 * @throws EngineError ENGINE_SERVER_MODEL
 */
export function inputOf(server: string, metadata: ModelMetadata, architecture: Architecture): ServerInput {
  const { inputs, outputs } = metadata;
  // A model that normalises frames takes windows, and not the sequences that are counted here.
  const kinds = KINDS.filter(({ name }) => framesSeen(architecture) === 1 || name === NORMALISED);
  const mismatch = (expected: string, found: readonly TensorMetadata[]) =>
    new EngineError("ENGINE_SERVER_MODEL", {
      subject: `model ${metadata.name} of server ${server}`,
      expected,
      found: found.map(inWords).join(", ") || "none",
      advice: HOW,
    });
  const kind = kinds.find(({ input }) => inputs.length === 1 && isAs(input, inputs));
  if (!kind) throw mismatch(`the one input ${inWords(asked)}`, inputs);
  if (!isAs(kind.output, outputs)) throw mismatch(`an output ${inWords(kind.output)}`, outputs);
  return kind;
}

function isAs(expected: TensorMetadata, found: readonly TensorMetadata[]): boolean {
  return found.some(
    ({ name, datatype, shape }) =>
      name === expected.name && datatype === expected.datatype && String(shape) === String(expected.shape),
  );
}

function inWords({ name, datatype, shape }: TensorMetadata): string {
  return `${name} ${datatype} [${shape.join(",")}]`;
}

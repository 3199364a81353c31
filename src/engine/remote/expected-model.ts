import { EngineError } from "../../base/errors.js";
import { DENSITY, FRAMES, NORMALISED } from "../../graph/prediction.js";
import { type Architecture, framesSeen } from "../../model/layers.js";
import type { ModelMetadata, TensorMetadata } from "../../open-inference/model-metadata.js";

/** What a server's model takes. */
export type ServerInput = typeof NORMALISED | typeof FRAMES;

/** How to give a server the model that it needs. */
const HOW = `Put the model on it with: defcon-fiji export MODEL --format triton --input ${NORMALISED}`;

/**
 * Checks that a server's model takes and gives what this program's network does.
 * Batches, heights and widths are open; other outputs may be there.
 * @returns the input's name, which tells whether the model normalises frames itself
 * @throws EngineError ENGINE_SERVER_MODEL
 */
export function inputOf(server: string, metadata: ModelMetadata, architecture: Architecture): ServerInput {
  const { inputs, outputs } = metadata;
  const mismatch = (expected: string, found: readonly TensorMetadata[], advice: string) =>
    new EngineError("ENGINE_SERVER_MODEL", {
      subject: `model ${metadata.name} of server ${server}`,
      expected,
      found: found.map(inWords).join(", ") || "none",
      advice,
    });
  if (framesSeen(architecture) > 1 && inputs.some(({ name }) => name === FRAMES)) {
    throw mismatch(`the one input ${inWords(tensor(NORMALISED))}`, inputs, `${HOW}.`);
  }
  const input = [NORMALISED, FRAMES].find((name) => isAs(tensor(name), inputs));
  if (input === undefined || inputs.length !== 1) {
    throw mismatch(`the one input ${inWords(tensor(NORMALISED))}`, inputs, `${HOW}.`);
  }
  if (!isAs(tensor(DENSITY), outputs)) {
    throw mismatch(`an output ${inWords(tensor(DENSITY))}`, outputs, `${HOW}.`);
  }
  return input as ServerInput;
}

/** Frames and maps are (N,1,H,W), of any number and size. */
function tensor(name: string): TensorMetadata {
  return { name, datatype: "FP32", shape: [-1, 1, -1, -1] };
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

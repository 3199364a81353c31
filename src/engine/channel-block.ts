import type { InferenceSession } from "onnxruntime-node";
import { blockProbeGraph } from "../graph/blocked-graph.js";
import type { Runtime } from "./onnxruntime-library.js";

/**
 * The number of channels in a block of ONNX Runtime's blocked layout on this processor.
 * A probe finds it: how many channels a block has that is made of four.
 * @returns undefined where there is no such layout
 */
export async function channelBlock(
  { Tensor }: Runtime,
  create: (graph: Uint8Array) => Promise<InferenceSession>,
): Promise<number | undefined> {
  try {
    const session = await create(blockProbeGraph());
    const outputs = await session.run({ x: new Tensor("float32", new Float32Array(4), [1, 4, 1, 1]) });
    await session.release();
    const block = outputs.y?.dims[1];
    return block === 8 || block === 16 ? block : undefined;
  } catch {
    // An ONNX Runtime without these operators runs the plain graph.
    return undefined;
  }
}

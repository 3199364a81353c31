import { defcon } from "./defcon.js";
import { defcon3d } from "./defcon-3d.js";
import { defconFast } from "./defcon-fast.js";
import type { Architecture } from "./layers.js";

/** The networks this program knows, by the name that model files carry. */
export const ARCHITECTURES: ReadonlyMap<string, Architecture> = new Map(
  [defcon, defconFast, defcon3d].map((a) => [a.name, a]),
);

/**
 * A model that came from another thread, with this thread's table of its network.
 * Tables are compared by their identity, which a copy does not have.
 */
export function fromOtherThread<T extends { architecture: Architecture }>(model: T): T {
  return { ...model, architecture: ARCHITECTURES.get(model.architecture.name)! };
}

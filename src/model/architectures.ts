import { defcon } from "./defcon.js";
import { defcon3d } from "./defcon-3d.js";
import { defconFast } from "./defcon-fast.js";
import type { Architecture } from "./layers.js";

/** The networks this program knows, by the name that model files carry. */
export const ARCHITECTURES: ReadonlyMap<string, Architecture> = new Map(
  [defcon, defconFast, defcon3d].map((a) => [a.name, a]),
);

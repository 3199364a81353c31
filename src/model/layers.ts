import { traitsOf } from "./layer-kinds.js";
import type { Head, LayerRow } from "./layer-rows.js";

/** Frames of a window. */
export const WINDOW = 3;

/** A network: its layers in the order of the data, each reading the one before. */
export interface Architecture {
  name: string;
  description: string;
  /** Sides of a frame must be multiples of this. */
  sideMultiple: number;
  layers: readonly LayerRow[];
}

/** A row with what follows from the rows before it. */
export interface TracedLayer {
  row: LayerRow;
  inChannels: number;
  outChannels: number;
  /** Pixels of the frame that one pixel of this layer's output stands for, along one side. */
  scale: number;
}

/** Frames that the network looks at to count one of them: 1, or {@link WINDOW}. */
export function framesSeen({ layers }: Architecture): number {
  return layers.some((row) => traitsOf(row).joinsFrames) ? WINDOW : 1;
}

/** The head whose map a layer makes; undefined for a layer inside the network. */
export function headOf(row: LayerRow): Head | undefined {
  return "head" in row ? row.head : undefined;
}

/** Walks the table from the one-channel frame on. */
export function traceLayers(architecture: Architecture): TracedLayer[] {
  let channels = 1;
  let scale = 1;
  return architecture.layers.map((row) => {
    const inChannels = channels;
    channels = traitsOf(row).channels(row, inChannels);
    scale *= traitsOf(row).scale(row);
    return { row, inChannels, outChannels: channels, scale };
  });
}

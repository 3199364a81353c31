/** What a layer's output goes through before the next layer reads it. Softmax is over two channels, the background's and the emitters'. */
export type Activation = "relu" | "sigmoid" | "softmax" | "linear";

/** Frame by frame to [0, 1]: (x - min) / (max - min); a constant frame becomes zeros. No weights. */
export interface NormaliseRow {
  kind: "normalise";
  name: string;
}

/** A convolution with TensorFlow's 'same' padding: an even side is padded at the bottom and right first. */
export interface ConvRow {
  kind: "conv";
  name: string;
  /** Side of the square kernel. */
  kernel: number;
  stride: 1 | 2;
  filters: number;
  bias: boolean;
  activation: Activation;
  /** Set where the map after this layer is an output of the network. */
  head?: Head;
}

/** A transposed convolution of stride 2 with 'same' padding: doubles both sides. */
export interface DeconvRow {
  kind: "deconv";
  name: string;
  kernel: 3;
  filters: number;
  activation: Activation;
}

/** Where frames that follow one another come together: layers before it see each frame by itself, those after it three at a time. */
export interface WindowRow {
  kind: "window";
  name: string;
}

/** A convolution over the three frames of a window and both sides, with 'same' padding in all three directions. */
export interface Conv3dRow {
  kind: "conv3d";
  name: string;
  /** Side of the cubic kernel. */
  kernel: 1 | 3;
  /** Along both sides of a frame; frames are never left out. */
  stride: 1 | 2;
  filters: number;
  bias: boolean;
  activation: Activation;
  /** Set where the maps after this layer are an output of the network. */
  head?: Head;
}

/** Every pixel four times: doubles both sides of a frame, and not the number of frames. No weights. */
export interface UpsampleRow {
  kind: "upsample";
  name: string;
}

/** Only in training; prediction passes it by. */
export interface DropoutRow {
  kind: "dropout";
  name: string;
  rate: number;
}

export type LayerRow = NormaliseRow | ConvRow | DeconvRow | WindowRow | Conv3dRow | UpsampleRow | DropoutRow;

/** Frames of a window. */
export const WINDOW = 3;

/** The two maps the network makes: probability of an emitter in a pixel, and emitters per pixel. */
export type Head = "segmentation" | "density";

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
  return layers.some(({ kind }) => kind === "window") ? WINDOW : 1;
}

/** The map that a layer's output is, where it is one of the network. */
export function headOf(row: LayerRow): Head | undefined {
  return "head" in row ? row.head : undefined;
}

/** Walks the table from the one-channel frame on. */
export function traceLayers(architecture: Architecture): TracedLayer[] {
  let channels = 1;
  let scale = 1;
  return architecture.layers.map((row) => {
    const inChannels = channels;
    if ("filters" in row) channels = row.filters;
    if ("stride" in row) scale *= row.stride;
    if (row.kind === "deconv" || row.kind === "upsample") scale /= 2;
    return { row, inChannels, outChannels: channels, scale };
  });
}

/** What a layer's output goes through before the next layer reads it. */
export type Activation = "relu" | "sigmoid" | "linear";

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

/** Only in training; prediction passes it by. */
export interface DropoutRow {
  kind: "dropout";
  name: string;
  rate: number;
}

export type LayerRow = NormaliseRow | ConvRow | DeconvRow | DropoutRow;

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

/** Walks the table from the one-channel frame on. */
export function traceLayers(architecture: Architecture): TracedLayer[] {
  let channels = 1;
  let scale = 1;
  return architecture.layers.map((row) => {
    const inChannels = channels;
    if (row.kind === "conv" || row.kind === "deconv") channels = row.filters;
    if (row.kind === "conv") scale *= row.stride;
    if (row.kind === "deconv") scale /= 2;
    return { row, inChannels, outChannels: channels, scale };
  });
}

/** What a layer's output goes through. Softmax is over two channels: background and emitters. */
export type Activation = "relu" | "sigmoid" | "softmax" | "linear";

/** The two maps a network makes: probability of an emitter in a pixel, and emitters per pixel. */
export type Head = "segmentation" | "density";

/** Scales each frame to [0, 1]: (x - min) / (max - min). A constant frame becomes zeros. */
export interface NormaliseRow {
  kind: "normalise";
  name: string;
}

/**
 * A convolution with TensorFlow's 'same' padding.
 * A kernel with an even side pads more at the bottom and right.
 */
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

/** Joins consecutive frames: layers before it see one frame at a time, layers after it three. */
export interface WindowRow {
  kind: "window";
  name: string;
}

/**
 * A convolution over a window's three frames and both sides.
 * It has 'same' padding in all three directions.
 */
export interface Conv3dRow {
  kind: "conv3d";
  name: string;
  /** Side of the cubic kernel. */
  kernel: 1 | 3;
  /** Along both sides of a frame. The number of frames stays. */
  stride: 1 | 2;
  filters: number;
  bias: boolean;
  activation: Activation;
  /** Set where the maps after this layer are an output of the network. */
  head?: Head;
}

/** Repeats every pixel 2x2 times: doubles both sides of a frame, not the number of frames. */
export interface UpsampleRow {
  kind: "upsample";
  name: string;
}

/** Dropout acts in training only; prediction skips it. */
export interface DropoutRow {
  kind: "dropout";
  name: string;
  rate: number;
}

/** One layer of a network. What follows from its kind is in layer-kinds.ts. */
export type LayerRow = NormaliseRow | ConvRow | DeconvRow | WindowRow | Conv3dRow | UpsampleRow | DropoutRow;

export type LayerKind = LayerRow["kind"];

export type RowOf<K extends LayerKind> = Extract<LayerRow, { kind: K }>;

/** A layer with a kernel and an activation. */
export type WeightedRow = Extract<LayerRow, { activation: Activation }>;

/** A row of a convolution with bias and ReLU. */
export function conv(name: string, filters: number, stride: 1 | 2 = 1, kernel = 3): ConvRow {
  return { kind: "conv", name, kernel, stride, filters, bias: true, activation: "relu" };
}

/** A row of a transposed convolution with ReLU. */
export function deconv(name: string, filters: number): DeconvRow {
  return { kind: "deconv", name, kernel: 3, filters, activation: "relu" };
}

/** A row of a convolution over three frames, with bias and ReLU. */
export function conv3d(name: string, filters: number, stride: 1 | 2 = 1): Conv3dRow {
  return { kind: "conv3d", name, kernel: 3, stride, filters, bias: true, activation: "relu" };
}

/** A row of a 1x1 convolution without bias, whose output is a part's result. */
export function head(name: string, part: Head, activation: Activation, filters = 1): ConvRow {
  return { kind: "conv", name, kernel: 1, stride: 1, filters, bias: false, activation, head: part };
}

import { type Attributes, type ConvGeometry, convAttributes, OnnxGraph, type Patches } from "./onnx-graph.js";
import { addArrangement } from "./tape.js";
import { type Arrangement, phaseKernelArrangement } from "./weight-layout.js";

/**
 * The domain of ONNX Runtime's operators on maps in blocks of channels.
 * Such a map is (N, C / block, H, W, block).
 */
const DOMAIN = "com.microsoft.nchwc";
/** Operators on single values: the order of the values does not matter to them. */
const ELEMENTWISE = new Set(["Relu", "HardSigmoid", "Mul", "Add"]);

/**
 * Turns a strided convolution's kernel, (F,C,3,3), into that of its transposed one, into phases.
 */
function transposedPhases({ inChannels, outChannels }: ConvGeometry): Arrangement & { length: number } {
  const { dims, index } = phaseKernelArrangement({ filters: inChannels }, outChannels);
  const taps = 9;
  // From Keras' order of a transposed kernel, (taps, C, F), to ONNX' order of the convolution's
  // own, (F, C, taps).
  const own = index.map((at) => {
    if (at < 0) return at;
    const [tap, channel, filter] = [
      Math.floor(at / (inChannels * outChannels)),
      Math.floor(at / outChannels) % inChannels,
      at % outChannels,
    ];
    return (filter * inChannels + channel) * taps + tap;
  });
  return { dims, index: own, length: taps * inChannels * outChannels };
}

/**
 * Finds the size of a block: puts four channels, x (1,4,1,1), into one; y has a block's channels.
 */
export function blockProbeGraph(): Uint8Array {
  const graph = new OnnxGraph();
  graph.add("ReorderInput", ["x"], {}, "y", DOMAIN);
  return graph.model("block", [{ name: "x", dims: [1, 4, 1, 1] }], [{ name: "y", dims: [1, "C", 1, 1] }]);
}

/** A map in blocks. Zeros fill its channels up to whole blocks. */
interface BlockedMap {
  name: string;
  channels: number;
}

/**
 * A graph whose convolutions run in ONNX Runtime's blocked layout although their kernels change.
 * ONNX Runtime by itself uses that layout for constant kernels only. A map stays in blocks from
 * operator to operator and gets the plain layout only for operators that need it. This graph runs
 * on ONNX Runtime's CPU provider only.
 */
export class BlockedGraph extends OnnxGraph {
  private readonly blocked = new Map<string, BlockedMap>();
  /** Names of maps that so far exist in blocks only. */
  private readonly blockedOnly = new Set<string>();
  /** The names of these maps in the plain layout, once they have one. */
  private readonly plainNames = new Map<string, string>();

  /** @param block channels of a block */
  constructor(private readonly block: number) {
    super();
  }

  override addConv(inputs: readonly string[], geometry: ConvGeometry): string {
    const { inChannels, outChannels } = geometry;
    const [value, kernel, bias] = inputs as [string, string, string?];
    const wholeIn = inChannels % this.block === 0;
    if (outChannels % this.block !== 0 || !(wholeIn || inChannels < this.block))
      return super.addConv(inputs, geometry);
    // A few channels are read plainly: the operator has a form for a network's first layer.
    const source = wholeIn ? this.inBlocks(value, inChannels) : this.plain(value);
    const output = this.fresh("BlockedConv");
    const attributes = { ...convAttributes(geometry), dilations: [1, 1], group: 1, auto_pad: "NOTSET" };
    const operands = [source, this.kernelInBlocks(kernel, geometry, wholeIn), ...(bias ? [bias] : [])];
    super.add("Conv", operands, attributes, output, DOMAIN);
    this.setBlocked(output, outChannels);
    return output;
  }

  /**
   * Replaces a ConvTranspose, which ONNX Runtime runs on one core.
   * With 3x3 kernels and stride 2 it is a convolution into four phases (weight-layout.ts). Their
   * pixels are then interleaved, whole blocks of channels at a time.
   */
  override addConvTransposed(value: string, kernel: string, geometry: ConvGeometry): string {
    const { kernel: side, stride, pads, inChannels, outChannels } = geometry;
    const { block } = this;
    const fits = side === 3 && stride === 2 && pads[0] === 0 && pads[1] === 1;
    if (!fits || inChannels % block !== 0 || outChannels % block !== 0) {
      return super.addConvTransposed(value, kernel, geometry);
    }
    const flat = super.add("Reshape", [kernel, this.integers([-1])]);
    const phases = this.addConv([value, addArrangement(this, [flat], transposedPhases(geometry))], {
      kernel: 2,
      stride: 1,
      pads: [1, 0],
      inChannels: outChannels,
      outChannels: 4 * inChannels,
    });
    const sides = super.add("Slice", [super.add("Shape", [phases]), this.integers([2]), this.integers([4])]);
    const doubled = super.add("Mul", [sides, this.integers([2, 2])]);
    const shape = (...parts: string[]) => super.add("Concat", parts, { axis: 0 });
    const apart = shape(this.integers([0, 2, 2, inChannels / block]), sides, this.integers([block]));
    const split = super.add("Reshape", [phases, apart]);
    const turned = super.add("Transpose", [split], { perm: [0, 3, 4, 1, 5, 2, 6] });
    const together = shape(this.integers([0, inChannels]), doubled);
    const output = super.add("Reshape", [turned, together], {}, this.fresh("Interleaved"));
    this.setBlocked(output, inChannels);
    return output;
  }

  /**
   * Makes patches by a convolution with kernels that each hold a single 1.
   * Unlike slices, it runs on all cores. (The WebGPU provider has been seen to compute it wrongly.)
   */
  override addPatches(value: string, geometry: ConvGeometry): Patches {
    const { kernel, inChannels } = geometry;
    if (kernel === 1) return super.addPatches(value, geometry);
    const taps = kernel * kernel;
    const dims = [inChannels * taps, 1, kernel, kernel];
    const single = Float32Array.from({ length: inChannels * taps * taps }, (_, i) =>
      Math.floor(i / taps) % taps === i % taps ? 1 : 0,
    );
    const picks = this.constant(`patches_${dims.join("x")}`, dims, single);
    const values = this.add("Conv", [value, picks], { ...convAttributes(geometry), group: inChannels });
    return { values, channelsFirst: true };
  }

  override add(
    operator: string,
    inputs: readonly string[],
    attributes: Attributes = {},
    output: string = this.fresh(operator),
    domain = "",
  ): string {
    const maps = inputs.map((input) => this.blocked.get(input));
    if (ELEMENTWISE.has(operator) && maps.every((map) => map !== undefined)) {
      const operands = maps.map(({ name }) => name);
      super.add(operator, operands, attributes, output, domain);
      this.setBlocked(output, maps[0]!.channels);
      return output;
    }
    const plain = inputs.map((input) => this.plain(input));
    return super.add(operator, plain, attributes, output, domain);
  }

  private setBlocked(name: string, channels: number): void {
    this.blocked.set(name, { name, channels });
    this.blockedOnly.add(name);
  }

  private inBlocks(value: string, channels: number): string {
    const known = this.blocked.get(value);
    if (known) return known.name;
    const name = super.add("ReorderInput", [value], {}, this.fresh("InBlocks"), DOMAIN);
    this.blocked.set(value, { name, channels });
    return name;
  }

  private plain(value: string): string {
    if (!this.blockedOnly.has(value)) return value;
    const known = this.plainNames.get(value);
    if (known) return known;
    const { name, channels } = this.blocked.get(value)!;
    const plain = super.add("ReorderOutput", [name], { channels }, this.fresh("Plain"), DOMAIN);
    this.plainNames.set(value, plain);
    return plain;
  }

  /**
   * Turns (F,C,k,k) into (F / block, C / block, k, k, block of C, block of F).
   * The blocks of C can be left out.
   */
  private kernelInBlocks(
    kernel: string,
    { kernel: side, inChannels, outChannels }: ConvGeometry,
    wholeIn: boolean,
  ): string {
    const { block } = this;
    const [dims, perm] = wholeIn
      ? [
          [outChannels / block, block, inChannels / block, block, side, side],
          [0, 2, 4, 5, 3, 1],
        ]
      : [
          [outChannels / block, block, inChannels, side, side],
          [0, 2, 3, 4, 1],
        ];
    const split = super.add("Reshape", [kernel, this.integers(dims)]);
    const turned = super.add("Transpose", [split], { perm });
    return super.add("Reshape", [turned, this.integers([outChannels, inChannels, side, side])]);
  }
}

import { type Attributes, type ConvGeometry, convAttributes, OnnxGraph } from "./onnx-graph.js";
import { addArrangement } from "./tape.js";
import { type Arrangement, phaseKernelArrangement } from "./weight-layout.js";

/** ONNX Runtime's own operators on maps whose channels lie in blocks: (N, C / block, H, W, block). */
const DOMAIN = "com.microsoft.nchwc";
/** Operators that work value by value, so that the order of the values does not matter. */
const ELEMENTWISE = new Set(["Relu", "HardSigmoid", "Mul", "Add"]);

/** The kernel of a strided convolution, (F,C,3,3), as that of the convolution into phases that is its transposed. */
function transposedPhases({ inChannels, outChannels }: ConvGeometry): Arrangement & { length: number } {
  const { dims, index } = phaseKernelArrangement({ filters: inChannels }, outChannels);
  const taps = 9;
  // From Keras' order of a transposed kernel, (taps, C, F), to ONNX' of the convolution's own, (F, C, taps).
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

/** Puts four channels x (1,4,1,1) into one block: y has as many channels as a block. */
export function blockProbeGraph(): Uint8Array {
  const graph = new OnnxGraph();
  graph.add("ReorderInput", ["x"], {}, "y", DOMAIN);
  return graph.model("block", [{ name: "x", dims: [1, 4, 1, 1] }], [{ name: "y", dims: [1, "C", 1, 1] }]);
}

/** A map in blocks; its channels are filled up with zeros to whole blocks. */
interface BlockedMap {
  name: string;
  channels: number;
}

/**
 * A graph whose convolutions run in ONNX Runtime's blocked layout although their kernels change from run to run; ONNX Runtime by itself uses it for constant
 * kernels alone. A map stays in blocks from operator to operator and is laid out plainly only for those that need it.
 * For ONNX Runtime's CPU provider alone.
 */
export class BlockedGraph extends OnnxGraph {
  private readonly blocked = new Map<string, BlockedMap>();
  /** Names of maps that exist in blocks alone so far. */
  private readonly blockedOnly = new Set<string>();
  /** What such maps are called once they are laid out plainly. */
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
    // Few channels are read plainly: the operator has a form for the first layer of a network.
    const source = wholeIn ? this.inBlocks(value, inChannels) : this.plain(value);
    const output = this.fresh("BlockedConv");
    const attributes = { ...convAttributes(geometry), dilations: [1, 1], group: 1, auto_pad: "NOTSET" };
    const operands = [source, this.kernelInBlocks(kernel, geometry, wholeIn), ...(bias ? [bias] : [])];
    super.add("Conv", operands, attributes, output, DOMAIN);
    this.setBlocked(output, outChannels);
    return output;
  }

  /**
   * ONNX Runtime runs ConvTranspose on one core. With 3x3 kernels and stride 2 it is a convolution into four phases (weight-layout.ts), whose pixels are
   * then interleaved, whole blocks of channels at a time.
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

  /** (F,C,k,k) to (F / block, C / block, k, k, block of C, block of F), or without the blocks of C. */
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

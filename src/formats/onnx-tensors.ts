import { ModelFormatError } from "../base/errors.js";
import { onnx as schema } from "../graph/generated/onnx.js";
import { ONNX_TO_KERAS, ONNX_TO_KERAS_3D, transpose } from "../graph/weight-layout.js";
import { elementCount, type Weight, type Weights } from "../model/weights.js";
import { damagedModel } from "./metadata.js";

/**
 * Reads a part of another file that belongs to a model.
 * @param location its path from the model's folder
 * @param length bytes; up to the file's end where left out
 * @returns undefined where there is no such file
 */
export type External = (
  location: string,
  offset: number,
  length: number | undefined,
) => Uint8Array | undefined;

const { FLOAT, FLOAT16 } = schema.TensorProto.DataType;

/** The constants of an ONNX graph, of 32 and 16 bits, in this file or beside it. */
export class OnnxTensors {
  private readonly tensors: ReadonlyMap<string, schema.ITensorProto>;
  /** Whether weights have half precision. */
  readonly isHalf: boolean;

  constructor(
    private readonly path: string,
    initializers: readonly schema.ITensorProto[],
    private readonly external: External,
  ) {
    this.tensors = new Map(initializers.map((tensor) => [tensor.name ?? "", tensor]));
    this.isHalf = initializers.some(({ dataType }) => dataType === FLOAT16);
  }

  has(name: string): boolean {
    const type = this.tensors.get(name)?.dataType;
    return type === FLOAT || type === FLOAT16;
  }

  /** All constants of numbers with a fraction; kernels in Keras' layout. @throws ModelFormatError */
  weights(): Weights {
    const names = [...this.tensors.keys()].filter((name) => name !== "" && this.has(name));
    return new Map(names.map((name) => [name, this.weight(name, name.endsWith("/kernel"))]));
  }

  /**
   * A constant's values.
   * @param isKernel whether it is a kernel, which is put into Keras' layout
   * @throws ModelFormatError MODEL_FORMAT
   */
  weight(name: string, isKernel: boolean): Weight {
    const tensor = this.tensors.get(name)!;
    const dims = (tensor.dims ?? []).map(Number);
    const data = this.values(tensor, elementCount(dims));
    const axes = [ONNX_TO_KERAS, ONNX_TO_KERAS_3D].find(({ length }) => length === dims.length);
    if (!axes || !isKernel || elementCount(dims) !== data.length) return { shape: dims, data };
    return { shape: axes.map((axis) => dims[axis]!), data: transpose(data, dims, axes) };
  }

  /** A tensor's values. ONNX tools put them in one of three places. */
  private values(tensor: schema.ITensorProto, count: number): Float32Array {
    const isHalf = tensor.dataType === FLOAT16;
    const raw = tensor.externalData?.length ? this.beside(tensor) : tensor.rawData;
    if (!raw?.length) {
      return isHalf
        ? Float32Array.from(tensor.int32Data ?? [], singleOf)
        : Float32Array.from(tensor.floatData ?? []);
    }
    const wanted = (isHalf ? 2 : 4) * count;
    if (raw.length !== wanted) {
      throw damagedModel(this.path, `${wanted} bytes of ${tensor.name}`, `${raw.length}`);
    }
    const { buffer } = new Uint8Array(raw);
    return isHalf ? Float32Array.from(new Uint16Array(buffer), singleOf) : new Float32Array(buffer);
  }

  /** Values in another file, which must lie in the model's own folder. */
  private beside({ name, externalData = [] }: schema.ITensorProto): Uint8Array {
    const entries = new Map((externalData ?? []).map(({ key, value }) => [key, value ?? ""]));
    const location = entries.get("location") ?? "";
    const [offset = 0, length] = ["offset", "length"].map((key) =>
      entries.has(key) ? Number(entries.get(key)) : undefined,
    );
    const isNumber = [offset, length ?? 0].every((each) => Number.isSafeInteger(each) && each >= 0);
    const isBeside =
      location !== "" && !location.split(/[/\\]/).includes("..") && !/^([/\\]|\w:)/.test(location);
    if (!isNumber || !isBeside) {
      throw damagedModel(this.path, `the place of ${name} in a file beside it`, JSON.stringify([...entries]));
    }
    const bytes = this.external(location, offset, length);
    if (bytes) return bytes;
    throw new ModelFormatError("MODEL_FORMAT", {
      subject: this.path,
      expected: `the file ${location} beside it, in which its weights are`,
      found: "no such file",
      advice: `The model was saved with external data. Copy ${location} into the same folder, or save the model as one file (in Python: onnx.save(onnx.load("model.onnx"), "one.onnx")).`,
    });
  }
}

/** The value of a number of half precision (IEEE 754 binary16). */
function singleOf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 0x1f, bits & 0x3ff];
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0];
/** The data begin at a multiple of this, as the format's documentation asks. */
const ALIGNMENT = 64;

/** The bytes of a NumPy file (.npy, version 1.0) of float32 values in C order. */
export function encodeNpy(values: Float32Array, shape: readonly number[]): Uint8Array {
  const length = MAGIC.length + 2;
  const description = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.map((side) => `${side},`).join(" ")}), }`;
  const end = Math.ceil((length + description.length + 1) / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(end + values.byteLength);
  bytes.set(MAGIC);
  new DataView(bytes.buffer).setUint16(MAGIC.length, end - length, true);
  bytes.set(new TextEncoder().encode(`${description.padEnd(end - length - 1)}\n`), length);
  // Every machine that Node.js runs on is little endian.
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), end);
  return bytes;
}

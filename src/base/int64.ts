import protobuf from "protobufjs/minimal.js";

/**
 * Makes protobufjs give 64-bit integers as numbers, and those of fixed length as bigints.
 * Import this beside every generated module. Sizes and sequence numbers are far below 2^53. What
 * may be any 64 bits is a `fixed64` or `sfixed64` here, whose generated type says number all the
 * same. Without this, protobufjs gives Long objects, since the package `long` is installed with it.
 */
protobuf.util.Long = undefined as unknown as typeof protobuf.util.Long;
protobuf.configure();

const LOW = 0xffff_ffffn;
const writeLong = protobuf.Writer.prototype.fixed64;

Object.assign(protobuf.Writer.prototype, { fixed64: writeFixed, sfixed64: writeFixed });
Object.assign(protobuf.Reader.prototype, {
  fixed64(this: protobuf.Reader): bigint {
    const low = this.fixed32();
    return (BigInt(this.fixed32()) << 32n) | BigInt(low);
  },
  sfixed64(this: protobuf.Reader): bigint {
    const low = this.fixed32();
    return (BigInt(this.sfixed32()) << 32n) | BigInt(low);
  },
});

function writeFixed(this: protobuf.Writer, value: bigint): protobuf.Writer {
  const bits = BigInt.asUintN(64, value);
  const halves = { low: Number(bits & LOW), high: Number(bits >> 32n), unsigned: true };
  return writeLong.call(this, halves as unknown as number);
}

import protobuf from "protobufjs/minimal.js";

/**
 * Makes protobufjs give 64-bit integers as numbers: all of them here are sizes and sequence numbers far below 2^53. It would give Long objects, because
 * the package `long` is installed with it. Import this beside every generated module.
 */
protobuf.util.Long = undefined as unknown as typeof protobuf.util.Long;
protobuf.configure();

import protobuf from "protobufjs/minimal.js";

/**
 * Makes protobufjs give 64-bit integers as numbers. Import this beside every generated module.
 * All of them here are sizes and sequence numbers far below 2^53. Without this, protobufjs gives
 * Long objects, since the package `long` is installed with it.
 */
protobuf.util.Long = undefined as unknown as typeof protobuf.util.Long;
protobuf.configure();

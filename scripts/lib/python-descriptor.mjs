import { join } from "node:path";
import protobuf from "protobufjs";
import descriptor from "protobufjs/ext/descriptor.js";
import { root } from "./run.mjs";

/** Where the Python client has its messages from. */
export const PYTHON_DESCRIPTOR = "python/src/defcon_fiji/defcon.desc";

/** The messages of the wire as a FileDescriptorSet of protobuf, whose runtimes for Python read it without generated code. */
export function pythonDescriptor() {
  const proto = new protobuf.Root();
  proto.loadSync(join(root, "src/protocol/defcon.proto"), { keepCase: true });
  proto.resolveAll();
  return descriptor.FileDescriptorSet.encode(proto.toDescriptor("proto3")).finish();
}

// generate.mjs [OUT_DIR]: makes a typed module of each .proto of src/ into generated/ beside it, and copies those modules into OUT_DIR
// (default dist), where the compiler, which reads their types alone, does not put them.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const protos = [
  "src/protocol/defcon.proto",
  "src/open-inference/inference.proto",
  "src/graph/onnx.proto",
  "src/formats/saved-model/tensorflow.proto",
];
const outDir = process.argv[2] ?? "dist";

for (const proto of protos) {
  const name = basename(proto, ".proto");
  const folder = join(root, dirname(proto), "generated");
  const module = join(folder, `${name}.js`);
  const types = join(folder, `${name}.d.ts`);
  mkdirSync(folder, { recursive: true });
  if (!isNewer(types, join(root, proto))) {
    const style = ["-t", "static-module", "-w", "es6", "-r", name, "--force-number"];
    const leaveOut = ["--no-create", "--no-verify", "--no-convert", "--no-delimited", "--no-service"];
    run("pbjs", [...style, ...leaveOut, "-o", module, join(root, proto)]);
    run("pbts", ["-o", types, module]);
  }
  const target = join(root, outDir, dirname(proto), "generated");
  mkdirSync(target, { recursive: true });
  cpSync(module, join(target, `${name}.js`));
  cpSync(types, join(target, `${name}.d.ts`));
}

function run(tool, args) {
  execFileSync(process.execPath, [join(root, "node_modules/protobufjs-cli/bin", tool), ...args], {
    stdio: "inherit",
  });
}

function isNewer(file, than) {
  const made = statSync(file, { throwIfNoEntry: false });
  return made !== undefined && made.mtimeMs > statSync(than).mtimeMs;
}

import { Argument, Command } from "commander";
import { addCuda, removeCuda } from "../devices/cuda.js";
import { runCheck } from "../doctor/run-check.js";
import { ADDED_LIBRARIES, addedCuda, CUDA_IS_MADE, cudaFolder } from "../engine/added-cuda.js";
import { DEVICES } from "../engine/engine.js";
import { interruptible } from "./interrupt.js";
import { StatusLine } from "./progress.js";
import { table } from "./table.js";

/** `defcon-fiji device`: what there is to count on, and the part for CUDA. */
export function deviceCommand(): Command {
  const command = new Command("device").description("list devices; add or remove the part for CUDA");
  command
    .command("list")
    .description("list the devices, and what was added for them (doctor tries each)")
    .option("--json", "print as JSON")
    .action(list);
  command
    .command("add")
    .description("add ONNX Runtime's part for a device, from a wheel of Python's package onnxruntime-gpu")
    .addArgument(added())
    .option("--wheel <files...>", "take it from these wheels (default: pip fetches it)")
    .option(
      "--libraries",
      "also NVIDIA's libraries, CUDA and cuDNN, about 1.3 GB; else the system's are used",
    )
    .action(add);
  command
    .command("remove")
    .description("remove what was added for a device")
    .addArgument(added())
    .action(remove);
  return command;
}

function added(): Argument {
  return new Argument("<device>").choices(["cuda"]);
}

interface AddOptions {
  wheel?: string[];
  libraries?: boolean;
}

async function add(_device: string, { wheel, libraries }: AddOptions): Promise<void> {
  const line = new StatusLine();
  const { version, files } = await interruptible("nothing was added", (signal) =>
    addCuda({
      wheels: wheel,
      libraries,
      signal,
      onStep: (what) => line.show(() => `${what} ...`, true),
    }).finally(() => line.clear()),
  );
  const bytes = Object.values(files).reduce((sum, each) => sum + each, 0);
  console.log(
    `added the part for CUDA of ONNX Runtime ${version}: ${cudaFolder()}, ${(bytes / 1e6).toFixed(0)} MB`,
  );
  const [found] = await runCheck("onnxruntime on cuda");
  console.log(
    `onnxruntime on cuda: ${found!.state}: ${found!.detail}${found!.advice ? `\n${found!.advice}` : ""}`,
  );
  console.log("A daemon that runs goes on without it until it is started anew.");
}

async function remove(): Promise<void> {
  console.log((await removeCuda()) ? `removed ${cudaFolder()}` : "nothing was added for cuda");
}

function list({ json }: { json?: boolean }): void {
  const rows = DEVICES.filter((device) => device !== "auto").map((device) => ({
    device,
    state: stateOf(device),
  }));
  console.log(
    json
      ? JSON.stringify(rows)
      : table(
          rows.map(({ device, state }) => [device, state]),
          ["device", "state"],
        ),
  );
}

function stateOf(device: string): string {
  if (device !== "cuda") return "comes with this program";
  if (!CUDA_IS_MADE) return "not on this system: ONNX Runtime has it for Linux x64 alone";
  const found = addedCuda();
  if (found.state === "none") return "not added: defcon-fiji device add cuda";
  if (found.state === "unusable")
    return `cannot be used: ${found.reason}; add it again: defcon-fiji device add cuda`;
  const { version, files } = found.added;
  const libraries = Object.keys(files).some((name) => name.startsWith(`${ADDED_LIBRARIES}/`));
  return `added, ONNX Runtime ${version}${libraries ? ", with NVIDIA's libraries" : ""}: ${cudaFolder()}`;
}

// npm run models [-- -o FOLDER]: makes the shipped models anew, and those of the benchmark: trains as each folder's trainings.json says, step after step, on a training set simulated by models/NAME-set.json or, without
// a file, on samples simulated by models/NAME-plan.json, and puts the models into that folder. Where it has a certainty-plan.json, how far counts are to be trusted is measured on frames like that.
// Takes some hours on two cores; what an interrupted run has done is gone on with.
import { copyFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensureFresh } from "./lib/prepare.mjs";
import { root, runOrExit } from "./lib/run.mjs";

const { values: options } = parseArgs({
  options: { output: { type: "string", short: "o", default: "model-training" } },
});
const defcon = (...args) =>
  runOrExit(args.slice(0, 2).join(" "), process.execPath, ["bin/defcon-fiji.js", ...args]);

ensureFresh();
mkdirSync(join(root, options.output), { recursive: true });
for (const place of ["models", "bench/accuracy/models"]) {
  const trainings = JSON.parse(readFileSync(join(root, place, "trainings.json"), "utf8"));
  for (const [name, steps] of Object.entries(trainings)) {
    let model;
    for (const [i, { set, plan, options: words }] of steps.entries()) {
      const folder = join(options.output, place, `${name}-${i + 1}`);
      const start = model ? ["--init", model] : [];
      const args = words.flatMap((word) => word.split(" "));
      const source = plan ? ["--simulate", `models/${plan}-plan.json`] : ["--set", simulated(set)];
      defcon("train", ...source, "-o", folder, "--name", name, "--resume", ...start, ...args);
      model = join(folder, `${name}.onnx`);
    }
    const certainty = join(place, "certainty-plan.json");
    if (existsSync(join(root, certainty))) defcon("model", "calibrate", model, "--simulate", certainty);
    copyFileSync(join(root, model), join(root, place, `${name}.onnx`));
  }
}

/** The training set of models/NAME-set.json, made if it is not there. */
function simulated(name) {
  const path = join(options.output, `${name}.h5`);
  if (!existsSync(join(root, path))) defcon("dataset", "simulate", `models/${name}-set.json`, "-o", path);
  return path;
}

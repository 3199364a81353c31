import { train } from "../../../src/api/train.js";

/** A program that trains, going on from where it was killed. It says each epoch that is over. Arguments: set, folder, epochs. */
const [set, output, epochs] = process.argv.slice(2) as [string, string, string];

await train(
  {
    ...{ set, output, architecture: "defcon-fast", patience: Number(epochs) },
    density: { epochs: Number(epochs), batchSize: 8, learningRate: 1e-3 },
  },
  {
    resume: true,
    onProgress(event) {
      if (event.event === "started") console.log(`started ${event.resumed}`);
      if (event.event === "epoch") console.log(`epoch ${event.record.epoch}`);
      if (event.event === "finished") console.log("finished");
    },
  },
);
process.exit(0);

/**
 * Trains a small network on simulated frames with a progress bar. Ctrl-C ends it with a checkpoint, from which the next run resumes.
 *
 * Usage: node train-with-progress.js PLAN.json [FOLDER] [SAMPLES]
 */
import { DefconError, train } from "defcon-fiji";

const [plan = "plan.json", output = "trained", samples = "4096"] = process.argv.slice(2);
const stop = new AbortController();
process.once("SIGINT", () => stop.abort());

try {
  const { model } = await train(
    {
      set: plan,
      simulate: { samples: Number(samples) },
      output,
      architecture: "defcon-fast",
      order: "end-to-end",
    },
    {
      resume: true,
      signal: stop.signal,
      onProgress: (event) => {
        if (event.event !== "step") return;
        const { epoch, epochs, batch, batches, loss } = event.progress;
        const bar = "#".repeat(Math.round((20 * batch) / batches)).padEnd(20, ".");
        process.stderr.write(`\r[${bar}] epoch ${epoch} of ${epochs}, loss ${loss.toFixed(3)} `);
      },
    },
  );
  console.log(`\nwrote ${model}`);
} catch (error) {
  if (!(error instanceof DefconError) || error.code !== "CANCELLED") throw error;
  console.log("\nstopped; run it again to go on");
}

/**
 * Counts all tif stacks of a folder with several models at once, each in a thread of its own, and prints the mean count of each stack.
 *
 * Usage: node worker-pool.js FOLDER [THREADS]
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { FCN } from "defcon-fiji";

const [folder = ".", threads = "2"] = process.argv.slice(2);
const waiting = (await readdir(folder)).filter((name) => /\.tiff?$/i.test(name)).sort();

await Promise.all(
  Array.from({ length: Number(threads) }, async () => {
    const model = await FCN.fromFile("defcon");
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      let [sum, frames] = [0, 0];
      for await (const { count } of model.stream(join(folder, name), { density: false })) {
        sum += count;
        frames++;
      }
      console.log(`${name}: ${(sum / frames).toFixed(2)} emitters a frame, ${frames} frames`);
    }
    await model.close();
  }),
);

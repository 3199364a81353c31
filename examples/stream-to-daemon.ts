/**
 * Streams frames to a running daemon (defcon-fiji serve) as a camera would, and prints each count as it comes.
 *
 * Usage: node stream-to-daemon.js [FRAMES]
 */
import { simulate } from "defcon-fiji";
import { DaemonClient } from "defcon-fiji/client";

const frames = Number(process.argv[2] ?? 20);
const [width, height] = [128, 128];
const client = await DaemonClient.connect({ name: "stream example" });
const stream = await client.openStream({ width, height, pixelType: "uint16", maxLocalCount: true });
console.log(`counting with ${stream.model.name} on ${client.engine}`);

const reading = (async () => {
  for await (const answer of stream.results()) {
    if (answer.kind === "result")
      console.log(`frame ${answer.sequence}: ${answer.count.toFixed(1)} emitters`);
  }
})();
for await (const { pixels } of simulate({ frames, width, height })) await stream.send(pixels);
await stream.close();
await reading;
await client.close();

import { DaemonClient } from "../../../src/client.js";

/** A program that streams frames of three sizes to a daemon until it is killed. Arguments: address, token. */
const [url, token] = process.argv.slice(2) as [string, string];
const SIZES = [
  [48, 48],
  [256, 256],
  [1300, 1260],
] as const;

const client = await DaemonClient.connect({ url, token });
console.log("begun");
await Promise.all(
  SIZES.map(async ([width, height]) => {
    const stream = await client.openStream({ width, height, pixelType: "uint8", density: true });
    const pixels = Uint8Array.from({ length: width * height }, (_, i) => (i * 7919) % 251);
    const reading = (async () => {
      for await (const { kind } of stream.results()) if (kind !== "result") throw new Error(kind);
    })();
    while (true) await Promise.race([stream.send(pixels), reading]);
  }),
);

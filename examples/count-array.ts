/** Counts an array of frames: two frames of 64 x 64 pixels with noise and one bright spot each. */
import { FCN } from "defcon-fiji";

const [frames, height, width] = [2, 64, 64];
const data = new Uint16Array(frames * height * width);
for (let i = 0; i < data.length; i++) {
  const [x, y] = [i % width, Math.floor(i / width) % height];
  const spot = 400 * Math.exp(-((x - 31.2) ** 2 + (y - 30.6) ** 2) / (2 * 1.3 ** 2));
  data[i] = 100 + 10 * Math.random() + spot;
}

const model = await FCN.fromFile("defcon");
const { counts, maxLocalCounts } = await model.predict({ shape: [frames, height, width], data });
for (const [i, count] of counts.entries()) {
  console.log(
    `frame ${i + 1}: ${count.toFixed(2)} emitters, ${maxLocalCounts[i]?.toFixed(2)} in the fullest square`,
  );
}
await model.close();

import { loadHdf5 } from "../../src/base/hdf5.js";
import { Random } from "../../src/base/random.js";
import { SAMPLE_PARTS, type Samples } from "../../src/dataset/samples.js";
import type { SampleReader } from "../../src/dataset/training-set.js";
import { StoredSamples } from "../../src/train/stored-samples.js";

/** Standard deviations of an emitter's image and of its place in the density map, pixels. */
const PSF = 1.3;
const SPREAD = 1;

/** Samples, and where their emitters are: frames from 1, pixels. */
interface SpotSamples extends Samples {
  emitters: { frame: number; x: number; y: number }[];
}

/** Frames of spots on a noisy background, their density maps, and segmentation maps. */
export function spotSamples(count: number, side: number, seed = 1): SpotSamples {
  const random = new Random(seed, "spots");
  const size = side * side;
  const [input, target, segMap] = [0, 1, 2].map(() => new Float32Array(count * size)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const emitters: SpotSamples["emitters"] = [];
  for (let frame = 0; frame < count; frame++) {
    const spots = Array.from({ length: random.below(2 + Math.floor(size / 400)) }, () => ({
      x: random.uniform(2, side - 2),
      y: random.uniform(2, side - 2),
      height: random.uniform(0.3, 0.6),
    }));
    for (const { x, y } of spots) emitters.push({ frame: frame + 1, x, y });
    for (let i = 0; i < size; i++) {
      const [x, y] = [(i % side) + 0.5, Math.floor(i / side) + 0.5];
      let [light, density] = [0.1 + 0.02 * random.normal(), 0];
      for (const spot of spots) {
        const distance = (x - spot.x) ** 2 + (y - spot.y) ** 2;
        light += spot.height * Math.exp(-distance / (2 * PSF ** 2));
        density += Math.exp(-distance / (2 * SPREAD ** 2)) / (2 * Math.PI * SPREAD ** 2);
      }
      const at = frame * size + i;
      input[at] = Math.min(1, Math.max(0, light));
      target[at] = density;
      segMap[at] = density > 0.03 ? 1 : 0;
    }
  }
  return { count, height: side, width: side, framesPerSample: 1, input, target, segMap, emitters };
}

/** The same, each three frames a sample. */
export function temporalSamples(count: number, side: number): Samples {
  return { ...spotSamples(3 * count, side), count, framesPerSample: 3 };
}

/** Samples in memory as a training reads them. */
export function sourceOf(samples: Samples): StoredSamples {
  const { count, height, width, framesPerSample } = samples;
  const size = framesPerSample * height * width;
  const part = (values: Float32Array, first: number, length: number) =>
    values.slice(first * size, (first + length) * size);
  const set: Pick<SampleReader, "info" | "fingerprint" | "read" | "check" | "close"> = {
    info: { path: "samples in memory", samples: count, height, width, framesPerSample },
    fingerprint: `${count} of ${width} x ${height}`,
    read: (first, length, wanted = SAMPLE_PARTS) => {
      const arrays = SAMPLE_PARTS.map((name) => [
        name,
        wanted.includes(name) ? part(samples[name], first, length) : new Float32Array(0),
      ]);
      return { ...samples, count: length, ...Object.fromEntries(arrays) };
    },
    check: async () => undefined,
    close: () => undefined,
  };
  return new StoredSamples(set as SampleReader);
}

/** Writes samples as a compacted training set. */
export async function writeTrainingSet(path: string, samples: Samples): Promise<void> {
  const { count, framesPerSample, height, width } = samples;
  const shape = [count, ...(framesPerSample === 1 ? [] : [framesPerSample]), height, width, 1];
  const openHdf5 = await loadHdf5();
  const file = openHdf5(path, "w");
  const add = (group: string, data: Float64Array | BigInt64Array, dtype: string) => {
    file.create_group(group);
    file.create_dataset({ name: `${group}/${group}`, data, shape, dtype });
  };
  add("input", Float64Array.from(samples.input), "<d");
  add("target", Float64Array.from(samples.target), "<d");
  add("seg_map", BigInt64Array.from(samples.segMap, BigInt), "<q");
  file.close();
}

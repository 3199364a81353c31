import { SampleReader } from "../dataset/training-set.js";
import { DrawnSamples } from "./drawn-samples.js";
import type { SampleSource } from "./sample-source.js";
import type { TrainingSettings } from "./settings.js";
import { StoredSamples } from "./stored-samples.js";

/**
 * Opens the source of a training's samples.
 * @throws as {@link SampleReader.open} and {@link DrawnSamples.open} do
 */
export async function openSource({
  set,
  simulate,
}: Pick<TrainingSettings, "set" | "simulate">): Promise<SampleSource> {
  return simulate
    ? DrawnSamples.open(set, simulate.samples)
    : new StoredSamples(await SampleReader.open(set));
}

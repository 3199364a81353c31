import { join } from "node:path";
import { checkDiskSpace } from "../base/disk-space.js";
import { contentKind, type FileKind, OutputPlace, textKind } from "../base/output-place.js";
import { modelKind, NATIVE_FORMAT } from "../formats/registry.js";
import { HISTORY_HEAD } from "./history.js";
import type { TrainingSettings } from "./settings.js";

/** The place of a training's model. */
export function modelPath({ output, name }: Pick<TrainingSettings, "output" | "name">): string {
  return join(output, `${name}${NATIVE_FORMAT.extensions[0]}`);
}

/** Which files of an earlier training may be replaced by files of the same kinds. */
export interface Replaceable {
  model: boolean;
  /** The history and its curves. */
  history: boolean;
}

/**
 * Looks at the places of what a training will write, before its first step.
 * Checkpoints have a rule of their own: another training's is never replaced.
 * @param stages names of the stages
 * @returns the model's place
 * @throws InputError OUTPUT_EXISTS, OUTPUT_WRITE, OUTPUT_SPACE
 */
export async function claimOutputs(
  settings: Pick<TrainingSettings, "output" | "name" | "checkpoints">,
  stages: readonly string[],
  replaceable: Replaceable,
): Promise<OutputPlace> {
  for (const folder of new Set([settings.output, settings.checkpoints])) checkDiskSpace(folder);
  const picture = contentKind("a PNG picture", "a PNG picture");
  const others: [name: string, kind: FileKind][] = [
    ["history.csv", textKind("a training's history", HISTORY_HEAD)],
    ...stages.map((stage): [string, FileKind] => [`history-${stage}.png`, picture]),
  ];
  for (const [name, kind] of others)
    await OutputPlace.claim(join(settings.output, name), { kind, force: replaceable.history });
  const kind = modelKind(NATIVE_FORMAT);
  return OutputPlace.claim(modelPath(settings), { kind, force: replaceable.model });
}

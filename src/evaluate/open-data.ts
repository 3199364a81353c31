import { stat } from "node:fs/promises";
import { notReadable } from "../base/errors.js";
import type { DataOptions, EvaluationData } from "./evaluation-data.js";
import { openFolders } from "./folder-data.js";
import { openSet } from "./set-data.js";

/**
 * Opens data with truth.
 * A folder with a stack and the table of its emitters, a folder of such folders, or a training set.
 * @throws InputError, DatasetError
 */
export async function openData(path: string, options: DataOptions = {}): Promise<EvaluationData> {
  const status = await stat(path).catch((cause: unknown) => {
    throw notReadable(path, "a folder with frames and truth, or a training set", cause);
  });
  return status.isDirectory() ? openFolders(path, options) : openSet(path, options);
}

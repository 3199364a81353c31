import type { Model } from "../model/weights.js";

/** A kind of model file. Each format is one file of this folder; the registry lists them. */
export interface ModelFormat {
  /** Short name, as on the command line. */
  id: string;
  /** What a person calls it. */
  title: string;
  /** File name endings, with the dot; the first is the one to write. */
  extensions: readonly string[];
  /** Whether a file that starts with these bytes is of this format; undefined where its bytes cannot tell. */
  recognises(head: Uint8Array): boolean | undefined;
  /** @throws ModelFormatError */
  read(path: string): Promise<Model>;
  /** Writes atomically. @throws InputError OUTPUT_WRITE */
  write?(path: string, model: Model): Promise<void>;
}

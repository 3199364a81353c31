import { FILE_KINDS } from "../fuzz/files/kinds.js";
import { measureKinds } from "../fuzz/measures.js";

/** Changed files of every kind that the program reads: `npm run reliability -- fuzz-files`. */
export const measure = (args: readonly string[]) => measureKinds(Object.keys(FILE_KINDS), args);

import { measureKinds } from "../fuzz/measures.js";

/** Changed messages to the daemon and to clients: `npm run reliability -- fuzz-messages`. */
export const measure = (args: readonly string[]) => measureKinds(["decoding", "sessions", "socket"], args);

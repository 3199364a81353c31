import type { ArgumentRule } from "../base/arguments.js";
import { type NumberRule, wholeNumber } from "../base/number-rule.js";
import { ENGINES } from "./engine.js";
import { isServerUrls, SERVERS_EXPECTED, serverAddresses } from "./remote/server-address.js";

/** What computes: an engine by its name, or servers by their URLs. */
export const ENGINE_RULE: ArgumentRule = {
  expected: `one of ${ENGINES.join(", ")}, or ${SERVERS_EXPECTED}`,
  holds(value) {
    if (typeof value !== "string") return false;
    if (!isServerUrls(value)) return (ENGINES as readonly string[]).includes(value);
    // What is wrong with a URL is told by the error that this throws.
    return serverAddresses(value).length > 0;
  },
};

/** How many threads may be asked for: machines have fewer cores. */
export const THREADS_RULE = wholeNumber(1, 1024);

/** Longest wait for a server, s. A longer timer of Node.js would go off at once. */
const MAX_TIMEOUT = 86_400;

/** Seconds until an answer of a server must be there. */
export const TIMEOUT_RULE: NumberRule = {
  expected: `a number of seconds above 0, at most ${MAX_TIMEOUT}`,
  holds: (value) => value > 0 && value <= MAX_TIMEOUT,
};

import { setTimeout } from "node:timers/promises";
import { InputError } from "../../src/base/errors.js";
import { answerRequests } from "../../src/base/worker-answers.js";

/** What a test asks of its worker. */
export type Request =
  | { kind: "add"; values: Float32Array }
  | { kind: "wait until cancelled" }
  | { kind: "refuse" }
  | { kind: "die" };

answerRequests<number, Request, Float32Array, string>(
  (added) => async (request, tell, signal) => {
    switch (request.kind) {
      case "add":
        tell(`adds ${added}`);
        return request.values.map((value) => value + added);
      case "wait until cancelled":
        tell("waits");
        while (!signal.aborted) await setTimeout(5);
        return new Float32Array();
      case "refuse":
        throw new InputError("INPUT_SIZE", { subject: "frame 3", found: "nothing", advice: "Look at it." });
      case "die":
        return process.exit(7);
    }
  },
  ({ buffer }) => [buffer as ArrayBuffer],
);

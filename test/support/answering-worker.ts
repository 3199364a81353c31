import { setTimeout } from "node:timers/promises";
import { InputError } from "../../src/base/errors.js";
import { answerRequests } from "../../src/base/worker-answers.js";

/** What a test asks of its worker. */
export type Request =
  | { kind: "add"; values: Float32Array }
  | { kind: "wait until cancelled" }
  | { kind: "meet"; rank: number }
  | { kind: "look around" }
  | { kind: "refuse" }
  | { kind: "die" };

/** Two requests that meet go on; a later one is alone. */
let [met, here, most] = [0, 0, 0];
let goOn: () => void = () => undefined;
const bothThere = new Promise<void>((resolve) => {
  goOn = resolve;
});

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
      case "meet":
        most = Math.max(most, ++here);
        if (++met === 2) goOn();
        await bothThere;
        // The first one here ends last.
        if (request.rank === 1) await setTimeout(20);
        here--;
        return Float32Array.of(request.rank, most);
      case "look around":
        return Float32Array.of(here);
      case "refuse":
        throw new InputError("INPUT_SIZE", { subject: "frame 3", found: "nothing", advice: "Look at it." });
      case "die":
        return process.exit(7);
    }
  },
  ({ buffer }) => [buffer as ArrayBuffer],
  ({ kind }) => (kind === "meet" ? 2 : 1),
);

import { ProtocolError } from "../../base/errors.js";
import { ABOVE_ZERO, type NumberRule, wholeNumber } from "../../base/number-rule.js";
import type { Parameters } from "../../open-inference/tensor.js";

/** What a request says of its frames besides their pixels. */
export interface StreamOptions {
  /** Side of the square of the max local count, pixels; the model's own where left out. */
  pool?: number;
  /** Side of a pixel, nm. */
  pixelSize?: number;
}

/** The parameters of a request, by their names there. */
const PARAMETERS: Record<string, { option: keyof StreamOptions; rule: NumberRule }> = {
  pool: { option: "pool", rule: wholeNumber(1, 65_536) },
  pixel_size: { option: "pixelSize", rule: ABOVE_ZERO },
};

/**
 * Reads the parameters of a request.
 * @throws ProtocolError PROTOCOL_MESSAGE for others, and for values that cannot be
 */
export function streamOptions(parameters: Parameters): StreamOptions {
  const options: StreamOptions = {};
  for (const [name, value] of Object.entries(parameters)) {
    if (!Object.hasOwn(PARAMETERS, name)) {
      throw refused("a parameter of the request", `one of ${Object.keys(PARAMETERS).join(", ")}`, name);
    }
    const { option, rule } = PARAMETERS[name]!;
    const number = Number(value);
    if (typeof value === "boolean" || value === "" || !rule.holds(number)) {
      throw refused(`parameter ${name}`, rule.expected, String(value));
    }
    options[option] = number;
  }
  return options;
}

function refused(subject: string, expected: string, found: string): ProtocolError {
  return new ProtocolError("PROTOCOL_MESSAGE", { subject, expected, found });
}

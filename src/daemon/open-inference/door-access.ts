import { ProtocolError } from "../../base/errors.js";
import { sameSecret } from "../admission.js";

/** Decides who may ask for counts: whoever shows one of the tokens. */
export class DoorAccess {
  /** @param tokens the daemon's own, and that of the user's file */
  constructor(private readonly tokens: readonly string[]) {}

  /**
   * Checks a request's `Authorization: Bearer TOKEN`.
   * @throws ProtocolError PROTOCOL_TOKEN
   */
  check(authorization: string | undefined): void {
    const [, shown] = /^Bearer +([\x21-\x7e]+)$/i.exec(authorization ?? "") ?? [];
    // All are compared, so that the time does not tell which one it is.
    const matches = this.tokens.filter((token) => sameSecret(shown ?? "", token));
    if (shown !== undefined && matches.length > 0) return;
    throw new ProtocolError("PROTOCOL_TOKEN", {
      subject: "header Authorization",
      expected: "Bearer and the token of the daemon's discovery file, or of its token file",
      found: authorization === undefined ? "none" : "another one",
      advice: "The daemon's own token changes with every start; serve --open-inference-token FILE sets one.",
    });
  }
}

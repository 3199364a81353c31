import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { ProtocolError } from "../base/errors.js";
import { HOW_TO_INSTALL } from "../base/how-to-install.js";
import { WIRE_LIMITS } from "../base/limits.js";
import { isLoopback } from "../base/loopback.js";
import { plainText } from "../base/plain-text.js";
import { PROTOCOL_VERSION } from "../protocol/codec.js";

const LOOPBACK_NAMES = ["127.0.0.1", "localhost", "[::1]"];

/**
 * Says why a request may not be answered; undefined where it may.
 * A page in a browser reaches loopback too. It shows by its Origin, or by the name that was made to
 * resolve to this machine (DNS rebinding).
 * @param bound the host and port that the daemon was told to listen on
 */
export function refusalOf(
  { headers }: Pick<IncomingMessage, "headers">,
  bound: { host: string; port: number },
): string | undefined {
  const host = headers.host?.toLowerCase();
  const names = [...LOOPBACK_NAMES, bound.host];
  if (isLoopback(bound.host) && !names.some((name) => host === name || host === `${name}:${bound.port}`)) {
    return "This daemon has another name.";
  }
  const origins = [`http://${headers.host}`, `https://${headers.host}`];
  if (headers.origin !== undefined && !origins.includes(headers.origin))
    return "Pages of other sites may not connect.";
  return undefined;
}

/**
 * Checks a client's hello.
 * @throws ProtocolError PROTOCOL_VERSION, PROTOCOL_TOKEN
 */
export function checkHello(
  hello: { protocolVersion: number; token: string; client: string },
  token: string,
): void {
  const { protocolVersion: version } = hello;
  if (version !== PROTOCOL_VERSION) {
    throw new ProtocolError("PROTOCOL_VERSION", {
      subject: `client ${plainText(hello.client, WIRE_LIMITS.maxClientName)}`.trim(),
      expected: `protocol version ${PROTOCOL_VERSION}`,
      found: `version ${version}`,
      advice:
        version < PROTOCOL_VERSION
          ? "Update the client (in Fiji: the plugin)."
          : `Update the daemon: ${HOW_TO_INSTALL}`,
    });
  }
  if (!sameSecret(hello.token, token)) {
    throw new ProtocolError("PROTOCOL_TOKEN", {
      subject: "token",
      expected: "the token of the running daemon's discovery file",
      found: hello.token ? "another one" : "none",
      advice: "Read daemon.json in the user's .defcon-fiji folder again: it changes with every start.",
    });
  }
}

/** Compares secrets in a time that does not depend on how much of them is equal. */
export function sameSecret(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

import { InputError, messageOf } from "../../base/errors.js";
import { REMOTE_LIMITS } from "../../base/limits.js";
import { optionText } from "../../base/option-text.js";
import type { ServerUrls } from "../engine.js";

/** Where a server's model is. */
export interface ServerAddress {
  /** The URL before `/v2`, without a slash at its end. */
  readonly base: string;
  /** The server's name for the model; the network's own where left out. */
  readonly model?: string;
  /** The version of the model; the server's choice where left out. */
  readonly version?: string;
}

/** What the addresses must be, in words. */
export const SERVERS_EXPECTED =
  "URLs of servers, https://HOST[:PORT] or https://HOST/v2/models/NAME[/versions/N], with commas between them";

/** Whether an engine is named by the URLs of servers. */
export function isServerUrls(engine: string): engine is ServerUrls {
  return /^https?:\/\//i.test(engine);
}

/**
 * The servers in a list with commas.
 * @throws InputError INPUT_OPTION
 */
export function serverAddresses(urls: string): ServerAddress[] {
  const texts = urls.split(",").map((text) => text.trim());
  const addresses = texts.map(addressOf);
  if (addresses.length > REMOTE_LIMITS.maxServers) {
    throw wrong(urls, `${addresses.length} servers; at most ${REMOTE_LIMITS.maxServers} are used at a time`);
  }
  const twice = addresses.find(({ base }, i) => addresses.findIndex((other) => other.base === base) !== i);
  if (twice) throw wrong(urls, `${twice.base} twice`);
  return addresses;
}

const MODEL_PATH = /\/v2\/models\/([^/]+)(?:\/versions\/([^/]+))?$/;

function addressOf(text: string): ServerAddress {
  const url = parse(text);
  if (url.username || url.password) {
    // The command line of a program is there for every user of the machine to read.
    throw wrong(
      `${url.protocol}//…@${url.host}`,
      "a name or password in it",
      `Use ${optionText("engineToken")}.`,
    );
  }
  if (!/^https?:$/.test(url.protocol)) throw wrong(text, url.protocol);
  if (url.search || url.hash) throw wrong(text, url.search || url.hash);
  const path = url.pathname.replace(/\/+$/, "");
  const [whole = "", model, version] = MODEL_PATH.exec(path) ?? [];
  const before = path.slice(0, path.length - whole.length).replace(/\/v2$/, "");
  return {
    base: `${url.origin}${before}`,
    ...(model !== undefined && { model: decoded(model, text) }),
    ...(version !== undefined && { version: decoded(version, text) }),
  };
}

function parse(text: string): URL {
  try {
    return new URL(text);
  } catch (cause) {
    throw wrong(text, text === "" ? "an empty one" : messageOf(cause));
  }
}

function decoded(part: string, text: string): string {
  try {
    return decodeURIComponent(part);
  } catch (cause) {
    throw wrong(text, messageOf(cause));
  }
}

function wrong(subject: string, found: string, advice?: string): InputError {
  const trouble = { subject: `engine ${subject}`, expected: SERVERS_EXPECTED, found };
  return new InputError("INPUT_OPTION", { ...trouble, ...(advice !== undefined && { advice }) });
}

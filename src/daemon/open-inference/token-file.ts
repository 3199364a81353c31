import { InputError, messageOf } from "../../base/errors.js";
import { DOOR_LIMITS, FILE_LIMITS } from "../../base/limits.js";
import { readRegularFile } from "../../base/regular-file.js";

/**
 * The token in a file: one line of printable characters without spaces.
 * @throws InputError INPUT_NOT_FOUND, INPUT_OPTION
 */
export async function readTokenFile(path: string): Promise<string> {
  const token = (await textOf(path)).trim();
  const { minTokenLength: least, maxTokenLength: most } = DOOR_LIMITS;
  if (/^[\x21-\x7e]*$/.test(token) && token.length >= least && token.length <= most) return token;
  throw new InputError("INPUT_OPTION", {
    subject: `--open-inference-token ${path}`,
    expected: `a file with one token of ${least} to ${most} printable characters without spaces`,
    found: `${token.length} characters`,
    advice: "Make one: openssl rand -hex 24 > token.txt; chmod 600 token.txt",
  });
}

async function textOf(path: string): Promise<string> {
  try {
    return (await readRegularFile(path, FILE_LIMITS.maxTextBytes)).toString("utf8");
  } catch (cause) {
    throw new InputError("INPUT_NOT_FOUND", {
      subject: `--open-inference-token ${path}`,
      expected: "a file with a token",
      found: messageOf(cause),
      advice: "Check the path and its permissions.",
      cause,
    });
  }
}

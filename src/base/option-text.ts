import { DefconError } from "./errors.js";

/**
 * An option as messages name it: `salvage: true` or `columns`, between backticks.
 * That is what programs write. The command line shows its own flag instead.
 */
export function optionText(name: string, value?: string | number | true): string {
  return value === undefined ? `\`${name}\`` : `\`${name}: ${JSON.stringify(value)}\``;
}

const OPTION_TEXT = /`([a-z]+(?:[A-Z][a-z]+)*)(?:: (true|[\d.]+|"[^"`]*"))?`/g;

/** A message in which each {@link optionText} is said in other words. @param value as text */
export function withOptionsSaid(
  message: string,
  say: (name: string, value: string | undefined) => string,
): string {
  return message.replaceAll(OPTION_TEXT, (_, name: string, value?: string) =>
    say(name, value === undefined ? undefined : String(JSON.parse(value))),
  );
}

/** Advice without the sentences that name an option, for where nobody has given or can give one. */
export function withoutOptionSentences(advice: string): string {
  return advice
    .split(/(?<=[.]) /)
    .filter((sentence) => sentence.search(OPTION_TEXT) < 0)
    .join(" ");
}

/** An error whose advice needs an option, as an error where nobody can give one. */
export function withoutOptions(error: unknown, advice: string): unknown {
  if (!(error instanceof DefconError) || error.advice.search(OPTION_TEXT) < 0) return error;
  const ErrorClass = error.constructor as typeof DefconError;
  return new ErrorClass(error.code, { ...error.trouble, advice });
}

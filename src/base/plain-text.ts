/**
 * Characters that change how the text around them is shown, or are not shown themselves.
 * These are controls (escape codes among them), formats (bidirectional overrides, zero-width ones),
 * separators of lines and paragraphs, and halves of surrogate pairs.
 */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const EACH_HIDDEN = new RegExp(HIDDEN, "gu");

/** Whether a text is shown as it is: on one line, in its own order, with nothing hidden in it. */
export function isPlainText(text: string): boolean {
  return !HIDDEN.test(text);
}

/** A text that somebody else chose, for a log, a terminal or a list: plain, and not too long. */
export function plainText(text: string, most = Number.POSITIVE_INFINITY): string {
  const plain = text.slice(0, most).replaceAll(EACH_HIDDEN, "\ufffd");
  return text.length > most ? `${plain}…` : plain;
}

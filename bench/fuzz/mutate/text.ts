import type { Random } from "../../../src/base/random.js";
import { edge, type Mutation, mutateBytes, pick } from "./bytes.js";

/** What a word or a number of a text is replaced by. */
const WORDS = [
  ...["", " ", "0", "-0", "1", "-1", "0.5", "1e400", "-1e400", "1e-400", "NaN", "nan", "inf", "-inf"],
  ...["Infinity", "0x10", "1_000", "1,5", "1.5.2", "true", "null", "[]", "{}", "''", '""', '"', "'", "`"],
  ...[
    "9".repeat(400),
    "x".repeat(5_000),
    "\0",
    "\ufeff",
    "\u202e",
    "é",
    "😀",
    "\ud800",
    "../..",
    "/",
    "C:\\x",
  ],
  ...["__proto__", "constructor", "toString", "#", ";", "=", ":", ",", "\t", "\r", "\n", "\r\n", "%s"],
];

/** Parts of a text that are replaced: words, numbers, quoted words. */
const TOKEN = /"[^"\n]*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|\w+|[^\s\w]/g;

/** Changes words, numbers, cells and lines of a text, or its encoding; sometimes only bytes. */
export const mutateText: Mutation = (bytes, random, other) => {
  if (random.below(4) === 0) return mutateBytes(bytes, random, other);
  let text = bytes.toString("utf8");
  for (let steps = 1 + random.below(pick(random, [1, 4, 12])); steps > 0; steps--)
    text = step(text, random, other);
  return encoded(text, random);
};

function step(text: string, random: Random, other: Buffer): string {
  const lines = text.split("\n");
  const at = random.below(lines.length);
  switch (random.below(8)) {
    case 0:
      lines.splice(at, 1);
      return lines.join("\n");
    case 1:
      lines.splice(random.below(lines.length), 0, lines[at]!);
      return lines.join("\n");
    case 2: {
      const others = other.toString("utf8").split("\n");
      lines.splice(at, 1, pick(random, others));
      return lines.join("\n");
    }
    case 3:
      lines[at] = lines[at]!.repeat(pick(random, [2, 100]));
      return lines.join("\n");
    default:
      return withOtherToken(text, random);
  }
}

function withOtherToken(text: string, random: Random): string {
  const tokens = [...text.matchAll(TOKEN)];
  if (tokens.length === 0) return pick(random, WORDS);
  // The first lines say what the others mean.
  const chosen = tokens[random.below(random.below(2) === 0 ? Math.min(tokens.length, 40) : tokens.length)]!;
  const word = random.below(3) === 0 ? String(edge(random)) : pick(random, WORDS);
  const quoted = chosen[0].startsWith('"') && random.below(2) === 0 ? `"${word}"` : word;
  return text.slice(0, chosen.index) + quoted + text.slice(chosen.index + chosen[0].length);
}

function encoded(text: string, random: Random): Buffer {
  switch (random.below(24)) {
    case 0:
      return Buffer.from(`\ufeff${text}`, "utf16le");
    case 1:
      return Buffer.from(`\ufeff${text}`, "utf8");
    case 2:
      return Buffer.from(`\ufeff${text}`, "utf16le").swap16();
    case 3:
      return Buffer.from(text, "latin1");
    case 4:
      return Buffer.from(text.replaceAll("\n", "\r\n"));
    default:
      return Buffer.from(text);
  }
}

import { InvalidArgumentError } from "commander";

/** What a number must be. */
interface Rule {
  expected: string;
  holds(value: number): boolean;
}

/** Parses an option that is a number. */
export function numberThat({ expected, holds }: Rule): (text: string) => number {
  return (text) => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    if (holds(value)) return value;
    throw new InvalidArgumentError(`Expected ${expected}, found ${text || "nothing"}.`);
  };
}

/** Parses an option that is a whole number from `least` to `most`. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  const range = most < Number.MAX_SAFE_INTEGER ? `from ${least} to ${most}` : `of at least ${least}`;
  return numberThat({
    expected: `a whole number ${range}`,
    holds: (value) => Number.isSafeInteger(value) && value >= least && value <= most,
  });
}

/** Parses an option that is a number above 0. */
export const positiveNumber = numberThat({
  expected: "a number above 0",
  holds: (value) => Number.isFinite(value) && value > 0,
});

/** Parses an option that is a number of at least `least`. */
export function numberFrom(least: number): (text: string) => number {
  return numberThat({
    expected: `a number of at least ${least}`,
    holds: (value) => Number.isFinite(value) && value >= least,
  });
}

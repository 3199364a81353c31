/** What a number must be: in words for messages, and as a check. */
export interface NumberRule {
  readonly expected: string;
  holds(value: number): boolean;
}

/** Any finite number above 0. */
export const ABOVE_ZERO: NumberRule = {
  expected: "a number above 0",
  holds: (value) => value > 0 && Number.isFinite(value),
};

/** A finite number of at least `least`. */
export function numberFrom(least: number): NumberRule {
  return {
    expected: `a number of at least ${least}`,
    holds: (value) => value >= least && Number.isFinite(value),
  };
}

/** A whole number from `least` to `most`, which JavaScript represents exactly. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): NumberRule {
  const range = most < Number.MAX_SAFE_INTEGER ? `from ${least} to ${most}` : `of at least ${least}`;
  return {
    expected: `a whole number ${range}`,
    holds: (value) => Number.isSafeInteger(value) && value >= least && value <= most,
  };
}

/** Pseudo-random numbers that are the same in every run: the linear congruential generator of Numerical Recipes. */
export function randomSource(seed: number) {
  let state = seed >>> 0;
  /** A number in [0, 1). */
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  /** A whole number in [0, limit). */
  const below = (limit: number) => Math.floor(next() * limit);
  return { next, below };
}

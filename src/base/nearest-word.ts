/**
 * The word that another was probably meant to be; undefined where none is near.
 * At most a third of its letters may be missing, wrong or too many (Levenshtein's distance).
 */
export function nearestWord(word: string, words: readonly string[]): string | undefined {
  const distances = words.map((each) => distance(word.toLowerCase(), each.toLowerCase()));
  const least = Math.min(...distances);
  const nearest = words[distances.indexOf(least)];
  return nearest !== undefined && 3 * least <= nearest.length ? nearest : undefined;
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row.at(-1)!;
}

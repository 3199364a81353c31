/** Rows of numbers by column, oldest first; `second` is one of the columns. */
export type Columns<C extends string> = Record<C | "second", number[]>;

/** The rows of the last `seconds` before `now`, with new ones added. */
export function extended<C extends string>(
  old: Columns<C>,
  added: Columns<C>,
  now: number,
  seconds: number,
): Columns<C> {
  const names = Object.keys(added) as (C | "second")[];
  const all = names.map((name) => [name, [...old[name], ...added[name]]] as const);
  const times = all.find(([name]) => name === "second")![1];
  const first = times.findIndex((second) => second >= now - seconds);
  const from = first < 0 ? times.length : first;
  return Object.fromEntries(all.map(([name, values]) => [name, values.slice(from)])) as Columns<C>;
}

/**
 * One row for each second from `from` up to the one before `now`, with zeros where nothing came.
 */
export function everySecond<C extends string>(rows: Columns<C>, from: number, now: number): Columns<C> {
  const at = new Map(rows.second.map((second, i) => [second, i]));
  const second = Array.from({ length: Math.max(0, now - from) }, (_, i) => from + i);
  const names = Object.keys(rows).filter((name) => name !== "second") as C[];
  const filled = names.map((name) => [name, second.map((each) => rows[name][at.get(each) ?? -1] ?? 0)]);
  return { ...Object.fromEntries(filled), second } as Columns<C>;
}

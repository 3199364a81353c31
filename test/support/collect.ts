/** All values of an asynchronous iterator (Array.fromAsync is missing in Node 20). */
export async function collect<T>(values: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}

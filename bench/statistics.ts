import { readFileSync } from "node:fs";

/** Milliseconds that `work` takes, `times` times over. */
export async function timed(times: number, work: () => Promise<unknown>): Promise<number[]> {
  const result: number[] = [];
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    await work();
    result.push(performance.now() - start);
  }
  return result;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function best(values: readonly number[]): number {
  return Math.min(...values);
}

/** Resident memory of a process. */
export function residentMegabytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
}

/** What became of the inputs of a case. */
export interface Outcome {
  /** Inputs that were given. */
  done: number;
  /** Those of them that were refused by a typed error. */
  refused: number;
  /** Longest processor time that the program took for one of them, ms. */
  ms: number;
}

/** Something that is given changed inputs, case by case. */
export interface Campaign {
  /**
   * Gives the inputs of a case.
   * @param index of the case, which with the seed tells what is changed how
   * @throws Finding for what the program must not do
   */
  run(index: number): Promise<Outcome>;
  close(): Promise<void>;
}

/** Something that the program must not do, and the inputs that make it do so. */
export class Finding extends Error {
  constructor(
    message: string,
    /** Content by name, to be kept. */
    readonly inputs: ReadonlyMap<string, Uint8Array>,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

/** Most processor time that an input may take, ms. Machines are busy: time on the clock says nothing. */
export const MOST_MS = 1_000;

/** Begins to measure processor time. @returns tells how much was used since, ms */
export function stopwatch(): () => number {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  };
}

/** What a process that runs cases tells the one that started it. */
export type Told =
  | { kind: "at"; index: number }
  | { kind: "finding"; index: number; problem: string; inputs: Record<string, string> }
  | { kind: "end"; next: number; report: Report };

/** What came of many cases. */
export interface Report {
  done: number;
  refused: number;
  /** Longest processor time for an input, ms. */
  slowestMs: number;
  /** Memory that is in use after a collection, at half of the cases and at the end, bytes. */
  halfBytes: number;
  endBytes: number;
  /** Open handles at both times; -1 where the system does not say. */
  halfHandles: number;
  endHandles: number;
  /** Inputs that reached something new, from which others were made. */
  kept: number;
}

import { type Profiler, Session } from "node:inspector";

/**
 * Which parts of the program have run, as V8 itself counts them: blocks of every function, of the
 * program and of the packages that it uses, in this thread.
 */
export class Coverage {
  private readonly seen = new Set<string>();
  private constructor(private readonly session: Session) {}

  static async start(): Promise<Coverage> {
    const session = new Session();
    session.connect();
    const coverage = new Coverage(session);
    await coverage.post("Profiler.enable");
    await coverage.post("Profiler.startPreciseCoverage", { callCount: false, detailed: true });
    return coverage;
  }

  /** Number of blocks that have run since the last call for the first time ever. */
  async fresh(): Promise<number> {
    const { result } = (await this.post(
      "Profiler.takePreciseCoverage",
    )) as Profiler.TakePreciseCoverageReturnType;
    const before = this.seen.size;
    for (const { scriptId, url, functions } of result) {
      if (!url.startsWith("file:")) continue;
      for (const { ranges } of functions) {
        for (const { startOffset, endOffset, count } of ranges) {
          if (count > 0) this.seen.add(`${scriptId}:${startOffset}:${endOffset}`);
        }
      }
    }
    return this.seen.size - before;
  }

  private post(method: string, params: object = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.session.post(method, params, (error, result) => (error ? reject(error) : resolve(result)));
    });
  }
}

import type { WorkerLink } from "./worker-link.js";

/** Several threads that do the same work. Each request goes to the next one in turn. */
export class WorkerTeam<Request, Answer> {
  private readonly threads: readonly WorkerLink<Request, Answer>[];
  private turn = 0;

  /** @param start starts one of the threads */
  constructor(
    readonly size: number,
    start: () => WorkerLink<Request, Answer>,
  ) {
    this.threads = Array.from({ length: size }, start);
  }

  /** @throws as {@link WorkerLink.ask} */
  ask(request: Request): Promise<Answer> {
    return this.threads[this.turn++ % this.size]!.ask(request);
  }

  /** Ends all threads at once, even in the middle of an answer. */
  async terminate(): Promise<void> {
    await Promise.all(this.threads.map((thread) => thread.terminate()));
  }
}

import { EngineError, type Trouble } from "./errors.js";
import { WorkerLink } from "./worker-link.js";

/** One long piece of work in a thread of its own, which reports what happens. */
export class ThreadRun<Task, Event, Result> {
  /**
   * The work's result.
   * @throws (as a rejection) what the work throws; DefconError CANCELLED after {@link cancel},
   * where nothing was kept; EngineError where the thread was lost
   */
  readonly finished: Promise<Result>;
  private readonly link: WorkerLink<Task, Result, Event>;

  /**
   * @param script of the thread, which answers the task as its one request
   * @param lost the message for a thread that ended before its work
   */
  protected constructor(
    script: URL,
    task: Task,
    onEvent: (event: Event) => void,
    lost: Pick<Trouble, "subject" | "advice">,
  ) {
    const lossOf = (found: string) => new EngineError("ENGINE_FAILED", { ...lost, found });
    this.link = new WorkerLink(script, undefined, lossOf);
    this.finished = this.link.ask(task, [], onEvent).finally(() => void this.link.stop("its work is over"));
  }

  /** Ends the work as soon as it allows. */
  cancel(): void {
    this.link.cancel();
  }
}

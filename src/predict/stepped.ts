/** How far a piece of work has come. */
export type Step<T> = { done: true; value: T } | { done: false };

/**
 * Work that goes on from pause to pause, when it is told to.
 * Others can use the same thread's engine in between.
 */
export class Stepped<T> {
  private goOn: (() => void) | undefined;
  private tell: { pause(): void; end(value: T): void; fail(error: unknown): void } | undefined;

  /** @param work waits for `pause()` where others may have their turn */
  constructor(private readonly work: (pause: () => Promise<void>) => Promise<T>) {}

  /**
   * Begins, or goes on, to the next pause or to the end.
   * @throws what the work throws
   */
  next(): Promise<Step<T>> {
    return new Promise((resolve, reject) => {
      const isNew = this.tell === undefined;
      this.tell = {
        pause: () => resolve({ done: false }),
        end: (value) => resolve({ done: true, value }),
        fail: reject,
      };
      if (isNew) this.begin();
      else this.goOn?.();
    });
  }

  private begin(): void {
    const pause = () =>
      new Promise<void>((resolve) => {
        this.goOn = resolve;
        this.tell?.pause();
      });
    this.work(pause).then(
      (value) => this.tell?.end(value),
      (error) => this.tell?.fail(error),
    );
  }
}

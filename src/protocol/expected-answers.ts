import type { ReceivedServerMessage } from "./codec.js";

/** An answer that someone waits for. */
interface Waiting {
  /** Whether the message is that answer. */
  takes(message: ReceivedServerMessage): boolean;
  resolve(message: ReceivedServerMessage): void;
  reject(error: Error): void;
}

/** A client's wait for answers without a number: to a hello, about streams and models. */
export class ExpectedAnswers {
  private readonly waiting = new Set<Waiting>();
  private failure: Error | undefined;

  /** The first message from now on that `takes` accepts. */
  next(takes: Waiting["takes"]): Promise<ReceivedServerMessage> {
    return new Promise((resolve, reject) => {
      if (this.failure) return reject(this.failure);
      this.waiting.add({ takes, resolve, reject });
    });
  }

  /** Takes a message from the connection. @returns whether someone waited for it */
  receive(message: ReceivedServerMessage): boolean {
    const waiting = [...this.waiting].find(({ takes }) => takes(message));
    if (!waiting) return false;
    this.waiting.delete(waiting);
    waiting.resolve(message);
    return true;
  }

  /** Rejects all that wait, and those that come later. */
  fail(error: Error): void {
    this.failure ??= error;
    for (const { reject } of this.waiting) reject(this.failure);
    this.waiting.clear();
  }
}

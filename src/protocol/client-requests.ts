import { ProtocolError } from "../base/errors.js";
import { type ClientMessage, errorFromWire, type ReceivedServerMessage } from "./codec.js";

/** A request that the daemon has not answered yet. */
interface Asked {
  take(message: ReceivedServerMessage): void;
  reject(error: Error): void;
}

/** A client's requests with numbers: about trainings and models. */
export class ClientRequests {
  private readonly asked = new Map<number, Asked>();
  private nextRequest = 1;

  constructor(private readonly post: (message: ClientMessage) => void) {}

  /**
   * Sends a request.
   * @param read called before the next message is looked at, which may be an event already
   */
  ask<T>(
    message: (request: number) => ClientMessage,
    read: (answer: ReceivedServerMessage) => T,
  ): Promise<T> {
    const request = this.nextRequest++;
    return new Promise((resolve, reject) => {
      this.post(message(request));
      const take = (answer: ReceivedServerMessage) => {
        try {
          resolve(read(answer));
        } catch {
          reject(
            new ProtocolError("PROTOCOL_MESSAGE", { subject: "answer to a request", found: "another one" }),
          );
        }
      };
      this.asked.set(request, { take, reject });
    });
  }

  /**
   * Takes a message from the connection.
   * @returns whether it answers a request with a number
   */
  receive(message: ReceivedServerMessage): boolean {
    const { trainingReply, trainingList, modelReply, modelCard, error } = message;
    const request = (trainingReply ?? trainingList ?? modelReply ?? modelCard ?? error)?.request;
    if (!request) return false;
    const asked = this.asked.get(request);
    this.asked.delete(request);
    if (error) asked?.reject(errorFromWire(error));
    else asked?.take(message);
    return true;
  }

  /** Rejects all requests that wait for an answer. */
  fail(error: Error): void {
    for (const { reject } of this.asked.values()) reject(error);
    this.asked.clear();
  }
}

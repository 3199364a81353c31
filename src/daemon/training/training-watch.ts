import type { ServerMessage } from "../../protocol/codec.js";
import type { ServerTraining } from "./training.js";

/**
 * Sends one client all events of a training, one at a time.
 * A client that reads slowly gets the lasting events and the latest progress. What it has not read
 * takes no memory.
 */
export class TrainingWatch {
  private readonly reading;
  private readonly unwatch: () => void;
  private isSending = false;
  private isClosed = false;

  /**
   * @param send sends a message and calls back when it has left this process
   * @param onTold called once the client was told the training's end
   */
  constructor(
    private readonly training: ServerTraining,
    private readonly send: (message: ServerMessage, onWritten: () => void) => void,
    private readonly onTold: () => void,
  ) {
    this.reading = training.log.begin();
    this.unwatch = training.watch(() => this.tell());
    this.tell();
  }

  close(): void {
    this.isClosed = true;
    this.unwatch();
  }

  private tell(): void {
    if (this.isSending || this.isClosed) return;
    const event = this.training.log.read(this.reading);
    if (event) {
      this.isSending = true;
      this.send({ trainingEvent: { training: this.training.id, ...event } }, () => {
        this.isSending = false;
        this.tell();
      });
    } else if (this.training.isOver) {
      this.close();
      this.onTold();
    }
  }
}

import type { ServerMessage } from "../../protocol/codec.js";
import type { ServerTraining } from "./training.js";

/**
 * One client's view of a training: all its events from the first on, one on its way at a time, so that a client that reads slowly gets the lasting ones and the
 * latest progress, and what it does not read takes no memory.
 */
export class TrainingWatch {
  private readonly reading;
  private readonly unwatch: () => void;
  private isSending = false;
  private isClosed = false;

  /**
   * @param send sends a message and calls back when it has left this process
   * @param onTold called once the training's end was told
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

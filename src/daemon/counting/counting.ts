import type { Predictor } from "../../predict/predictor.js";
import type { Dispatcher } from "./dispatcher.js";
import type { ServerStream } from "./stream.js";
import { StreamRegister } from "./stream-register.js";
import { SlotRoom } from "./stream-slots.js";
import { newThroughput } from "./stream-statistics.js";

/** What the streams of all clients share. */
export class Counting {
  readonly register = new StreamRegister();
  readonly throughput = newThroughput();
  readonly slots = new SlotRoom();

  constructor(
    /** Told of frames that wait. */
    readonly dispatcher: Dispatcher,
    /** Takes back the buffers of maps that were sent. */
    readonly buffers: Pick<Predictor, "giveBack">,
    /** The open status pages. While there are any, streams make small maps for them. */
    readonly pages: { readonly isWatched: boolean },
  ) {}

  /** Forgets a stream that has ended. The engine finishes the frames that it has. */
  remove(stream: ServerStream): void {
    this.dispatcher.remove(stream);
    this.register.end(stream);
    stream.model.release();
    stream.slots?.close();
  }
}

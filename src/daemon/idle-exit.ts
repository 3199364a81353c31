/** Ends a daemon that nobody has used for a while. */
export class IdleExit {
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param afterMs how long it waits; for ever where left out
   * @param isBusy whether somebody uses the daemon now
   * @param exit ends the daemon
   */
  constructor(
    private readonly afterMs: number | undefined,
    private readonly isBusy: () => boolean,
    private readonly exit: () => void,
  ) {}

  /**
   * Starts the wait again, or ends it while the daemon is busy.
   * To be called whenever that may have changed.
   */
  watch(): void {
    this.cancel();
    if (this.afterMs === undefined || this.isBusy()) return;
    this.timer = setTimeout(this.exit, this.afterMs);
  }

  cancel(): void {
    clearTimeout(this.timer);
  }
}

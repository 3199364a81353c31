package org.defconfiji.wire;

import org.defconfiji.protocol.Result;

/**
 * When things happened to a frame in the daemon.
 *
 * <p>Times are of its monotonic clock, ms since the daemon's process began.
 */
public final class FrameTimes {
  private final double received;
  private final double started;
  private final double finished;
  private final double waited;
  private final double engine;

  FrameTimes(Result result) {
    received = result.getReceivedMs();
    started = result.getStartedMs();
    finished = result.getFinishedMs();
    waited = result.getQueueMs();
    engine = result.getPredictMs();
  }

  /** When the daemon had the whole frame; 0 from a daemon that is older than this. */
  public double receivedMs() {
    return received;
  }

  /** When the engine began with it. */
  public double startedMs() {
    return started;
  }

  /** When the result was there. */
  public double finishedMs() {
    return finished;
  }

  /** How long the frame waited in the daemon for the engine, ms. */
  public double waitedMs() {
    return waited;
  }

  /**
   * The time from the engine's start to the finished result, ms. Transfer times are not included.
   */
  public double engineMs() {
    return engine;
  }
}

package org.defconfiji.control;

/** What a step of the output told of how readings follow it. */
final class StepResponse {
  /** The relative change of the readings for a small relative change of the output. */
  final double gain;
  /** The time by which readings lag behind the output, s. */
  final double lag;
  /** The mean time between readings, s. */
  final double interval;
  /** The standard deviation of single readings, as a share of their mean. */
  final double scatter;

  StepResponse(double gain, double lag, double interval, double scatter) {
    this.gain = gain;
    this.lag = lag;
    this.interval = interval;
    this.scatter = scatter;
  }
}

package org.defconfiji.micromanager;

import org.defconfiji.control.Quantity;
import org.defconfiji.wire.Prediction;

/** Hands counts to a control of light, and then on. */
final class SteeringWatcher implements CountWatcher {
  private final LightControl control;
  private final Quantity quantity;
  private final CountWatcher next;

  SteeringWatcher(LightControl control, Quantity quantity, CountWatcher next) {
    this.control = control;
    this.quantity = quantity;
    this.next = next;
  }

  @Override
  public void counted(Prediction prediction, CameraFrame frame) {
    control.read(quantity.of(prediction.count(), prediction.maxLocalCount(), frame.pixels(), frame.pixelSize()));
    next.counted(prediction, frame);
  }

  @Override
  public void failed(String why) {
    control.lose();
    next.failed(why);
  }
}

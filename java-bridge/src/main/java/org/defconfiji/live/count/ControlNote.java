package org.defconfiji.live.count;

import org.defconfiji.control.ControlMode;
import org.defconfiji.control.ControlStep;

/** What a control made of a count. */
final class ControlNote {
  /** No control runs. */
  static final ControlNote NONE = new ControlNote(Double.NaN, "", null);

  final double setPoint;
  final double output;
  /** Empty without a control. */
  final String mode;
  final String state;

  ControlNote(double setPoint, ControlMode mode, ControlStep step) {
    this(setPoint, mode.key(), step);
  }

  private ControlNote(double setPoint, String mode, ControlStep step) {
    this.setPoint = setPoint;
    this.mode = mode;
    this.output = step == null ? Double.NaN : step.output();
    this.state = step == null ? "" : step.state().key();
  }
}

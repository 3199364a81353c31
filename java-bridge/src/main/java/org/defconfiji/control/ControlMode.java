package org.defconfiji.control;

/** What a controller does with the light. */
public enum ControlMode {
  MANUAL("manual", "Manual"),
  PI("pi", "Self-tuning PI"),
  INVERSE_THRESHOLD("inverse-threshold", "Inverse threshold");

  private final String key;
  private final String title;

  ControlMode(String key, String title) {
    this.key = key;
    this.title = title;
  }

  /** The name in macros, logs and on the command line: "pi". */
  public String key() {
    return key;
  }

  /** The name in dialogs. */
  public String title() {
    return title;
  }

  @Override
  public String toString() {
    return title;
  }
}

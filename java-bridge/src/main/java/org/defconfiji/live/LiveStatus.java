package org.defconfiji.live;

/** What live count does at this moment, or what keeps it from counting, in a sentence for a person. */
final class LiveStatus {
  private final boolean trouble;
  private final String text;

  private LiveStatus(boolean trouble, String text) {
    this.trouble = trouble;
    this.text = text;
  }

  static LiveStatus fine(String text) {
    return new LiveStatus(false, text);
  }

  static LiveStatus trouble(String text) {
    return new LiveStatus(true, text);
  }

  /** Whether somebody has to do something. */
  boolean isTrouble() {
    return trouble;
  }

  String text() {
    return text;
  }
}

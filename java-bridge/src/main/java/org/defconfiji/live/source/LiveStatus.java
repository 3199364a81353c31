package org.defconfiji.live.source;

/** What live count does at this moment, or what keeps it from counting, in a sentence for a person. */
public final class LiveStatus {
  private final boolean trouble;
  private final String text;

  private LiveStatus(boolean trouble, String text) {
    this.trouble = trouble;
    this.text = text;
  }

  public static LiveStatus fine(String text) {
    return new LiveStatus(false, text);
  }

  public static LiveStatus trouble(String text) {
    return new LiveStatus(true, text);
  }

  /** Whether somebody has to do something. */
  public boolean isTrouble() {
    return trouble;
  }

  public String text() {
    return text;
  }
}

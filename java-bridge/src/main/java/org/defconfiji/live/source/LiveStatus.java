package org.defconfiji.live.source;

/** What live count does now, or what keeps it from counting, as a sentence for the user. */
public final class LiveStatus {
  private final boolean trouble;
  private final String text;

  private LiveStatus(boolean trouble, String text) {
    this.trouble = trouble;
    this.text = text;
  }

  /** A status that needs no action. */
  public static LiveStatus fine(String text) {
    return new LiveStatus(false, text);
  }

  /** A status that needs the user to act. */
  public static LiveStatus trouble(String text) {
    return new LiveStatus(true, text);
  }

  /** Whether the user has to do something. */
  public boolean isTrouble() {
    return trouble;
  }

  public String text() {
    return text;
  }
}

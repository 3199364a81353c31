package org.defconfiji.wire;

/** What a person reads about a model. */
public final class ModelCard {
  private final String text;
  private final byte[] picture;

  ModelCard(String text, byte[] picture) {
    this.text = text;
    this.picture = picture;
  }

  /** Markdown. */
  public String text() {
    return text;
  }

  /** A PNG; empty where the model has none. */
  public byte[] picture() {
    return picture.clone();
  }
}

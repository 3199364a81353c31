package org.defconfiji.wire;

/** The description of a model for a person. */
public final class ModelCard {
  private final String text;
  private final byte[] picture;

  ModelCard(String text, byte[] picture) {
    this.text = text;
    this.picture = picture;
  }

  /** The text, as Markdown. */
  public String text() {
    return text;
  }

  /** A PNG. Empty if the model has no picture. */
  public byte[] picture() {
    return picture.clone();
  }
}

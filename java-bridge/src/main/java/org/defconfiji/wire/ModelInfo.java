package org.defconfiji.wire;

import org.defconfiji.protocol.Model;

/** A model that the daemon offers. */
public final class ModelInfo {
  private final String name;
  private final String description;
  private final boolean isDefault;

  ModelInfo(Model model) {
    this.name = model.getName();
    this.description = model.getDescription();
    this.isDefault = model.getIsDefault();
  }

  /** What {@link StreamOptions} takes. */
  public String name() {
    return name;
  }

  public String description() {
    return description;
  }

  /** Whether the daemon counts with it when no model is named. */
  public boolean isDefault() {
    return isDefault;
  }
}

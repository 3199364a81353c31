package org.defconfiji.wire;

import org.defconfiji.protocol.Model;
import org.defconfiji.protocol.ModelOrigin;

/** A model that the daemon offers. */
public final class ModelInfo {
  private final String name;
  private final boolean isDefault;
  private final String architecture;
  private final int parameters;
  private final ModelOrigin origin;
  private final String path;

  ModelInfo(Model model) {
    this.name = model.getName();
    this.isDefault = model.getIsDefault();
    this.architecture = model.getArchitecture();
    this.parameters = model.getParameters();
    this.origin = model.getOrigin();
    this.path = model.getPath();
  }

  /** The name, as {@link StreamOptions} takes it. */
  public String name() {
    return name;
  }

  /** The name of its architecture. */
  public String architecture() {
    return architecture;
  }

  /** The number of its parameters. */
  public int parameters() {
    return parameters;
  }

  /** Whether the user has installed it and may remove it. */
  public boolean isInstalled() {
    return origin == ModelOrigin.INSTALLED;
  }

  /** Whether it comes with the program. */
  public boolean isShipped() {
    return origin == ModelOrigin.SHIPPED;
  }

  /** Its file on the daemon's machine. Empty if an older daemon does not say. */
  public String path() {
    return path;
  }

  /** Whether the daemon uses it when no model is named. */
  public boolean isDefault() {
    return isDefault;
  }
}

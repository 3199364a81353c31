package org.defconfiji.command.ui;

import java.util.List;
import org.defconfiji.options.Option;
import org.defconfiji.wire.ModelInfo;

/** Offers the daemon's models in a dialog. The default model is preselected. */
public final class ModelChoice {
  private ModelChoice() {}

  /**
   * @param models if there are none, the only choice is empty; the daemon then says where to put
   *     one
   */
  public static Option of(Option row, List<ModelInfo> models) {
    if (models.isEmpty()) return row.among(new String[] {""}, "");
    String[] names = new String[models.size()];
    String chosen = models.get(0).name();
    for (int i = 0; i < names.length; i++) {
      names[i] = models.get(i).name();
      if (models.get(i).isDefault()) chosen = names[i];
    }
    return row.among(names, chosen);
  }
}

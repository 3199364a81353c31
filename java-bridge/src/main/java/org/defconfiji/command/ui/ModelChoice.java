package org.defconfiji.command.ui;

import java.util.List;
import org.defconfiji.options.Option;
import org.defconfiji.wire.ModelInfo;

/** The daemon's models as the words of a dialog's choice, the default one chosen. */
public final class ModelChoice {
  private ModelChoice() {}

  /** @param models where there are none, the only word is an empty one: the daemon then says where one is to be put */
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

package org.defconfiji.command;

import ij.ImagePlus;
import ij.gui.GenericDialog;
import java.util.List;
import org.defconfiji.wire.ModelInfo;

/** Asks for the model and, of a stack, which slices to count. ImageJ's recorder writes the answers down. */
final class OptionsDialog {
  private OptionsDialog() {}

  /** @return null where the user cancelled */
  static CountOptions ask(String title, ImagePlus image, List<ModelInfo> models) {
    // Without a model there is nothing to choose; the daemon then says where one is to be put.
    if (models.isEmpty()) return new CountOptions("", false);
    String[] names = new String[models.size()];
    String chosen = models.get(0).name();
    for (int i = 0; i < names.length; i++) {
      names[i] = models.get(i).name();
      if (models.get(i).isDefault()) chosen = names[i];
    }
    GenericDialog dialog = new GenericDialog(title);
    dialog.addChoice("Model", names, chosen);
    if (image.getStackSize() > 1) dialog.addCheckbox("Current slice only", false);
    dialog.showDialog();
    if (dialog.wasCanceled()) return null;
    String model = dialog.getNextChoice();
    return new CountOptions(model, image.getStackSize() > 1 && dialog.getNextBoolean());
  }
}

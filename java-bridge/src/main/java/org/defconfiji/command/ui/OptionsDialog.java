package org.defconfiji.command.ui;

import ij.ImagePlus;
import ij.gui.GenericDialog;
import java.util.List;
import org.defconfiji.options.Option;
import org.defconfiji.wire.ModelInfo;

/**
 * Asks for the model and, for a stack, which slices to count. ImageJ's recorder writes the answers.
 */
public final class OptionsDialog {
  private OptionsDialog() {}

  /**
   * Shows the dialog.
   *
   * @return null if the user cancelled
   */
  public static CountOptions ask(String title, ImagePlus image, List<ModelInfo> models) {
    // Without models there is nothing to choose. The daemon then says where to put one.
    if (models.isEmpty()) return new CountOptions("", false);
    Option model = ModelChoice.of(CountOptions.MODEL, models);
    GenericDialog dialog = new GenericDialog(title);
    dialog.addChoice(model.label(), model.choices(), model.absent());
    if (image.getStackSize() > 1) dialog.addCheckbox(CountOptions.CURRENT.label(), false);
    dialog.showDialog();
    if (dialog.wasCanceled()) return null;
    String name = dialog.getNextChoice();
    return new CountOptions(name, image.getStackSize() > 1 && dialog.getNextBoolean());
  }
}

package org.defconfiji.train;

import java.awt.BorderLayout;
import org.defconfiji.wire.Connection;
import org.defconfiji.wire.WireException;

/** Shows the losses of a training, by stage. */
final class TrainingWindow extends RunWindow {
  private final boolean usesItself;

  private TrainingWindow(Connection connection, String model, boolean usesItself) {
    super(connection, model, "training", TrainOptions.TABLE.command(), "Cancel");
    this.usesItself = usesItself;
    add(plots, BorderLayout.CENTER);
  }

  /**
   * Opens a window and starts. Runs on the event thread.
   *
   * @param connection belongs to the window from now on
   * @param usesItself whether to use the model without asking when it is done
   */
  static void open(Connection connection, String model, boolean usesItself, Beginning beginning) {
    new TrainingWindow(connection, model, usesItself).begin(beginning);
  }

  @Override
  String cancelQuestion() {
    return "Cancel the training? It ends after the current batch and can be resumed.";
  }

  @Override
  void makeDefault(boolean replace) throws WireException {
    ModelUse.of(connection, path, model, replace);
  }

  @Override
  EndedException ended(WireException error) {
    return EndedException.ofTraining(model, error);
  }

  @Override
  Listener listener() {
    return new Listener() {
      @Override
      void done() {
        if (usesItself) use(false);
      }
    };
  }
}

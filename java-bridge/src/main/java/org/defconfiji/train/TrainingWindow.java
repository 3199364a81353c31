package org.defconfiji.train;

import java.awt.BorderLayout;
import org.defconfiji.wire.Connection;
import org.defconfiji.wire.WireException;

/** The losses of a training, stage by stage. */
final class TrainingWindow extends RunWindow {
  private final boolean usesItself;

  private TrainingWindow(Connection connection, String model, boolean usesItself) {
    super(connection, model, "training", TrainOptions.TABLE.command(), "Cancel");
    this.usesItself = usesItself;
    add(plots, BorderLayout.CENTER);
  }

  /**
   * Opens a window and begins; of the event thread.
   *
   * @param connection the window's own from now on
   * @param usesItself whether the model is used without asking once it is there
   */
  static void open(Connection connection, String model, boolean usesItself, Beginning beginning) {
    new TrainingWindow(connection, model, usesItself).begin(beginning);
  }

  @Override
  String cancelQuestion() {
    return "Cancel the training? It ends after the present batch, and can be resumed.";
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

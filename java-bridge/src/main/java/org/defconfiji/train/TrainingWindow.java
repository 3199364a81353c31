package org.defconfiji.train;

import ij.WindowManager;
import java.awt.BorderLayout;
import java.awt.FlowLayout;
import java.awt.GridLayout;
import java.awt.event.WindowAdapter;
import java.awt.event.WindowEvent;
import java.util.List;
import javax.swing.BorderFactory;
import javax.swing.ImageIcon;
import javax.swing.JButton;
import javax.swing.JFrame;
import javax.swing.JLabel;
import javax.swing.JPanel;
import javax.swing.JProgressBar;
import javax.swing.SwingUtilities;
import org.defconfiji.command.Wrapped;
import org.defconfiji.protocol.TrainingEpoch;
import org.defconfiji.protocol.TrainingFinished;
import org.defconfiji.protocol.TrainingProgress;
import org.defconfiji.protocol.TrainingStarted;
import org.defconfiji.windows.Messages;
import org.defconfiji.windows.Work;
import org.defconfiji.wire.Connection;
import org.defconfiji.wire.RefusedException;
import org.defconfiji.wire.Training;
import org.defconfiji.wire.TrainingListener;
import org.defconfiji.wire.WireException;

/** A training that goes on in the daemon, whether this window is open or not: its losses, and what comes of it. */
final class TrainingWindow extends JFrame {
  private static final String NAME_TAKEN = "MODEL_NAME";

  /** Begins to train or to watch; waits for the daemon's reply. */
  interface Beginning {
    Training begin(TrainingListener listener) throws WireException;
  }

  private final Connection connection;
  private final String model;
  private final boolean usesItself;
  private final JLabel what = new JLabel(" ");
  private final JLabel where = new JLabel("Starting...");
  private final JPanel plots = new JPanel(new GridLayout(1, 0));
  private final JProgressBar bar = new JProgressBar();
  private final JButton cancel = new JButton("Cancel");
  private final JButton use = new JButton("Use this model");
  private final Curves curves = new Curves();
  private Training training;
  private String path = "";

  private TrainingWindow(Connection connection, String model, boolean usesItself) {
    super("DEFCoN training of " + model);
    this.connection = connection;
    this.model = model;
    this.usesItself = usesItself;
    JPanel words = new JPanel(new GridLayout(0, 1));
    words.setBorder(BorderFactory.createEmptyBorder(6, 8, 6, 8));
    words.add(what);
    words.add(where);
    words.add(bar);
    cancel.setEnabled(false);
    use.setEnabled(false);
    cancel.addActionListener(event -> cancel());
    use.addActionListener(event -> use(false));
    JPanel buttons = new JPanel(new FlowLayout(FlowLayout.LEFT));
    buttons.add(cancel);
    buttons.add(use);
    buttons.add(new JLabel("The training goes on when this window is closed; Train... shows it again."));
    add(words, BorderLayout.NORTH);
    add(plots, BorderLayout.CENTER);
    add(buttons, BorderLayout.SOUTH);
    setDefaultCloseOperation(DISPOSE_ON_CLOSE);
    addWindowListener(new WindowAdapter() {
      @Override
      public void windowClosed(WindowEvent event) {
        WindowManager.removeWindow(TrainingWindow.this);
        // Closing a socket waits for the other side.
        Work.begin("training", () -> {
          connection.close();
          return model;
        }, closed -> {}, problem -> {});
      }
    });
    draw();
    pack();
  }

  /**
   * Opens a window and begins; of the event thread.
   *
   * @param connection the window's own from now on
   * @param usesItself whether the model is used without asking once it is there
   */
  static void open(Connection connection, String model, boolean usesItself, Beginning beginning) {
    TrainingWindow window = new TrainingWindow(connection, model, usesItself);
    WindowManager.addWindow(window);
    window.setLocationByPlatform(true);
    window.setVisible(true);
    // A training by a plan first measures how fast it is.
    window.bar.setIndeterminate(true);
    Work.begin("training", () -> beginning.begin(window.new Listener()), window::began, window::refused);
  }

  private void began(Training begun) {
    training = begun;
    cancel.setEnabled(path.isEmpty());
  }

  private void refused(String problem) {
    where.setText("Not started.");
    bar.setIndeterminate(false);
    Messages.error(this, problem);
  }

  private void draw() {
    plots.removeAll();
    List<String> stages = curves.stages();
    for (String stage : stages) plots.add(new JLabel(new ImageIcon(LossPlot.of(stage, curves.epochs(stage)))));
    if (stages.isEmpty()) plots.add(new JLabel(new ImageIcon(LossPlot.of("first stage", curves.epochs("")))));
    plots.revalidate();
    plots.repaint();
    if (isDisplayable()) pack();
  }

  private void cancel() {
    if (!Messages.agrees(this, "Cancel the training? It ends after the present batch, and can be resumed.")) return;
    cancel.setEnabled(false);
    Work.begin("training", () -> {
      training.cancel();
      return model;
    }, asked -> where.setText("Cancelling..."), problem -> Messages.error(this, problem));
  }

  private void use(boolean replace) {
    use.setEnabled(false);
    where.setText("Installing " + model + "...");
    Work.begin("model", () -> {
      try {
        ModelUse.of(connection, path, model, replace);
        return true;
      } catch (RefusedException refused) {
        if (replace || !refused.code().equals(NAME_TAKEN)) throw refused;
        return false;
      }
    }, used -> {
      if (used) where.setText("The model " + model + " counts from now on where no other is named.");
      else askToReplace();
    }, problem -> {
      use.setEnabled(true);
      where.setText("The model is in " + path);
      Messages.error(this, problem);
    });
  }

  private void askToReplace() {
    if (Messages.agrees(this, "There is a model named " + model + " already. Replace it?")) {
      use(true);
    } else {
      use.setEnabled(true);
      where.setText("The model is in " + path);
    }
  }

  /** Told on the connection's thread; shows on the event thread. */
  private final class Listener implements TrainingListener {
    @Override
    public void started(TrainingStarted start) {
      SwingUtilities.invokeLater(() -> {
        int samples = start.getSamples() - start.getValidation();
        what.setText(
            samples + " samples of " + start.getWidth() + " x " + start.getHeight() + " to learn from, "
                + start.getValidation() + " to validate with; " + start.getParameters() + " parameters; "
                + start.getEngine() + " on " + start.getDevice());
        bar.setIndeterminate(true);
      });
    }

    @Override
    public void progress(TrainingProgress step) {
      SwingUtilities.invokeLater(() -> {
        where.setText(Progress.of(step, curves.secondsAnEpoch(step.getStage())));
        bar.setIndeterminate(false);
        bar.setMaximum(step.getEpochs() * step.getBatches());
        bar.setValue((step.getEpoch() - 1) * step.getBatches() + step.getBatch());
      });
    }

    @Override
    public void epoch(TrainingEpoch epoch) {
      SwingUtilities.invokeLater(() -> {
        curves.add(epoch.getRecord());
        draw();
      });
    }

    @Override
    public void finished(TrainingFinished end) {
      SwingUtilities.invokeLater(() -> {
        path = end.getModel();
        curves.clear();
        end.getHistoryList().forEach(curves::add);
        draw();
        over("Finished. The model is in " + path);
        use.setEnabled(true);
        if (usesItself) use(false);
      });
    }

    @Override
    public void failed(WireException error) {
      SwingUtilities.invokeLater(() -> {
        if (!path.isEmpty() || !isDisplayable()) return;
        String sentence = new EndedException(model, error).getMessage();
        over(sentence);
        where.setToolTipText("<html>" + Wrapped.text(sentence).replace("\n", "<br>"));
      });
    }

    private void over(String how) {
      where.setText(how);
      bar.setIndeterminate(false);
      bar.setValue(bar.getMaximum());
      cancel.setEnabled(false);
    }
  }
}

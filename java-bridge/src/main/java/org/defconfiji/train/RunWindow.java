package org.defconfiji.train;

import ij.IJ;
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
import org.defconfiji.protocol.TrainingEpoch;
import org.defconfiji.protocol.TrainingFinished;
import org.defconfiji.protocol.TrainingNote;
import org.defconfiji.protocol.TrainingProgress;
import org.defconfiji.protocol.TrainingStarted;
import org.defconfiji.ui.Messages;
import org.defconfiji.ui.Work;
import org.defconfiji.ui.Wrapped;
import org.defconfiji.wire.Connection;
import org.defconfiji.wire.RefusedException;
import org.defconfiji.wire.Training;
import org.defconfiji.wire.TrainingListener;
import org.defconfiji.wire.WireException;

/** Shows the losses and the outcome of a training or tuning. Closing the window does not end it. */
abstract class RunWindow extends JFrame {
  private static final String NAME_TAKEN = "MODEL_NAME";

  /** Starts the run or begins to watch it. Waits for the daemon's reply. */
  interface Beginning {
    Training begin(TrainingListener listener) throws WireException;
  }

  final Connection connection;
  final String model;
  final JLabel where = new JLabel("Starting...");
  final JPanel plots = new JPanel(new GridLayout(1, 0));
  final JProgressBar bar = new JProgressBar();
  final JButton use = new JButton("Use this model");
  final JPanel buttons = new JPanel(new FlowLayout(FlowLayout.LEFT));
  final Curves curves = new Curves();
  /** The path of the model; empty before it exists. */
  String path = "";

  private final String kind;
  private final JLabel what = new JLabel(" ");
  private final JButton cancel;
  private Training training;

  /**
   * @param connection belongs to the window
   * @param kind "training" or "tuning"
   * @param command the command that shows the window again
   */
  RunWindow(Connection connection, String model, String kind, String command, String cancelLabel) {
    super("DEFCoN " + kind + " of " + model);
    this.connection = connection;
    this.model = model;
    this.kind = kind;
    this.cancel = new JButton(cancelLabel);
    JPanel words = new JPanel(new GridLayout(0, 1));
    words.setBorder(BorderFactory.createEmptyBorder(6, 8, 6, 8));
    words.add(what);
    words.add(where);
    words.add(bar);
    cancel.setEnabled(false);
    use.setEnabled(false);
    cancel.addActionListener(event -> cancel());
    use.addActionListener(event -> use(false));
    buttons.add(cancel);
    buttons.add(use);
    add(words, BorderLayout.NORTH);
    JPanel foot = new JPanel(new GridLayout(0, 1));
    foot.add(buttons);
    JLabel hint = new JLabel("The " + kind + " continues when this window is closed. " + command + " shows it again.");
    hint.setBorder(BorderFactory.createEmptyBorder(0, 8, 6, 8));
    foot.add(hint);
    add(foot, BorderLayout.SOUTH);
    setDefaultCloseOperation(DISPOSE_ON_CLOSE);
    addWindowListener(new WindowAdapter() {
      @Override
      public void windowClosed(WindowEvent event) {
        WindowManager.removeWindow(RunWindow.this);
        // Closing waits for the daemon, so it runs on another thread.
        Work.begin(kind, () -> {
          connection.close();
          return model;
        }, closed -> {}, problem -> {});
      }
    });
    draw();
  }

  /** Shows the window and starts. Runs on the event thread. */
  void begin(Beginning beginning) {
    pack();
    WindowManager.addWindow(this);
    setLocationByPlatform(true);
    setVisible(true);
    // A training from simulated frames first measures its speed.
    bar.setIndeterminate(true);
    Work.begin(kind, () -> beginning.begin(listener()), this::began, this::refused);
  }

  /** Receives events on the connection's thread and shows them on the event thread. */
  abstract Listener listener();

  /** The question to the user before cancelling. */
  abstract String cancelQuestion();

  /**
   * Makes the model the default. Waits.
   *
   * @param replace whether it may replace a model of that name
   */
  abstract void makeDefault(boolean replace) throws WireException;

  abstract EndedException ended(WireException error);

  private void began(Training begun) {
    training = begun;
    cancel.setEnabled(path.isEmpty());
  }

  private void refused(String problem) {
    where.setText("Not started.");
    bar.setIndeterminate(false);
    Messages.error(this, problem);
  }

  final void draw() {
    plots.removeAll();
    List<String> stages = curves.stages();
    for (String stage : stages) plots.add(new JLabel(new ImageIcon(LossPlot.of(stage, curves.epochs(stage)))));
    if (stages.isEmpty()) plots.add(new JLabel(new ImageIcon(LossPlot.of("", curves.epochs("")))));
    plots.revalidate();
    plots.repaint();
    if (isDisplayable()) pack();
  }

  private void cancel() {
    if (!Messages.agrees(this, cancelQuestion())) return;
    cancel.setEnabled(false);
    Work.begin(kind, () -> {
      training.cancel();
      return model;
    }, asked -> where.setText("Cancelling..."), problem -> Messages.error(this, problem));
  }

  final void use(boolean replace) {
    use.setEnabled(false);
    where.setText("Installing " + model + "...");
    Work.begin("model", () -> {
      try {
        makeDefault(replace);
        return true;
      } catch (RefusedException refused) {
        if (replace || !refused.code().equals(NAME_TAKEN)) throw refused;
        return false;
      }
    }, used -> {
      if (used) where.setText("The model " + model + " is the default from now on.");
      else askToReplace();
    }, problem -> {
      use.setEnabled(true);
      where.setText("The model is in " + path);
      Messages.error(this, problem);
    });
  }

  private void askToReplace() {
    if (Messages.agrees(this, "A model named " + model + " already exists. Replace it?")) {
      use(true);
    } else {
      use.setEnabled(true);
      where.setText("The model is in " + path);
    }
  }

  final void over(String how) {
    where.setText(how);
    bar.setIndeterminate(false);
    bar.setValue(bar.getMaximum());
    cancel.setEnabled(false);
  }

  /** Shows the events of a run. */
  abstract class Listener implements TrainingListener {
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
    public void note(TrainingNote note) {
      IJ.log("DEFCoN training: " + note.getText());
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
        done();
      });
    }

    /** Called when the run has finished. Runs on the event thread. */
    abstract void done();

    @Override
    public void failed(WireException error) {
      SwingUtilities.invokeLater(() -> {
        if (path.isEmpty() && isDisplayable()) fail(error);
      });
    }

    void fail(WireException error) {
      String sentence = ended(error).getMessage();
      over(sentence);
      where.setToolTipText("<html>" + Wrapped.text(sentence).replace("\n", "<br>"));
    }
  }
}

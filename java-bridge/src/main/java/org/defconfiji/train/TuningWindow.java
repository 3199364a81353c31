package org.defconfiji.train;

import ij.plugin.BrowserLauncher;
import java.awt.BorderLayout;
import java.awt.Dimension;
import java.awt.image.BufferedImage;
import java.nio.file.Paths;
import javax.swing.JButton;
import javax.swing.JPanel;
import javax.swing.JScrollPane;
import javax.swing.SwingUtilities;
import org.defconfiji.protocol.TuningCompared;
import org.defconfiji.protocol.TuningJudged;
import org.defconfiji.protocol.TuningMeasured;
import org.defconfiji.protocol.TuningMeasuring;
import org.defconfiji.ui.HtmlPane;
import org.defconfiji.ui.Markdown;
import org.defconfiji.ui.Messages;
import org.defconfiji.ui.Png;
import org.defconfiji.ui.Work;
import org.defconfiji.wire.Connection;
import org.defconfiji.wire.ConnectionLostException;
import org.defconfiji.wire.WireException;

/** Shows a tuning: its measurements, recording beside simulation, losses, and models compared. */
final class TuningWindow extends RunWindow {
  private static final Dimension TEXT = new Dimension(560, 430);

  private final boolean usesItself;
  private final Runnable release;
  private final TuningText text = new TuningText();
  private final HtmlPane found = new HtmlPane();
  private final TwoPictures pictures = new TwoPictures();
  private final JButton report = new JButton("Open report");
  private TuningJudged judgement = TuningJudged.getDefaultInstance();
  private boolean installed;

  private TuningWindow(Connection connection, String model, boolean usesItself, Runnable release) {
    super(connection, model, "tuning", TuneOptions.TABLE.command(), "Stop training");
    this.usesItself = usesItself;
    this.release = release;
    JScrollPane words = new JScrollPane(found);
    words.setPreferredSize(TEXT);
    add(words, BorderLayout.CENTER);
    JPanel drawings = new JPanel(new BorderLayout());
    drawings.add(pictures, BorderLayout.NORTH);
    drawings.add(plots, BorderLayout.CENTER);
    add(drawings, BorderLayout.EAST);
    report.setEnabled(false);
    report.addActionListener(event -> openReport());
    buttons.add(report);
  }

  /**
   * Opens a window and starts. Runs on the event thread.
   *
   * @param connection belongs to the window from now on
   * @param usesItself whether to use the model without asking when it is done
   * @param release called when the recording is no longer needed
   */
  static void open(
      Connection connection, String model, boolean usesItself, Runnable release, Beginning beginning) {
    new TuningWindow(connection, model, usesItself, release).begin(beginning);
  }

  @Override
  String cancelQuestion() {
    return curves.stages().isEmpty()
        ? "Cancel the tuning? No epoch has finished yet, so nothing will be kept."
        : "End the training? The best model so far will be judged and kept.";
  }

  @Override
  void makeDefault(boolean replace) throws WireException {
    if (installed) connection.library().setDefault(model);
    else ModelUse.of(connection, path, model, replace);
  }

  @Override
  EndedException ended(WireException error) {
    return EndedException.ofTuning(model, error);
  }

  private void show(TuningText now) {
    found.body(Markdown.html(now.markdown()));
  }

  private void openReport() {
    String page = Paths.get(judgement.getReport()).toUri().toString();
    Work.begin("report", () -> {
      BrowserLauncher.openURL(page);
      return page;
    }, opened -> {}, problem -> Messages.error(this, problem));
  }

  @Override
  Listener listener() {
    return new TuningListener();
  }

  private final class TuningListener extends Listener {
    @Override
    public void measuring(TuningMeasuring progress) {
      SwingUtilities.invokeLater(() -> {
        where.setText("Measuring: " + Progress.of(progress));
        bar.setIndeterminate(false);
        bar.setMaximum(100);
        bar.setValue((int) (100 * progress.getShare()));
      });
    }

    @Override
    public void measured(TuningMeasured measured) {
      SwingUtilities.invokeLater(() -> {
        text.measured(measured);
        show(text);
        where.setText("Simulating frames like the recording...");
        bar.setIndeterminate(true);
      });
    }

    @Override
    public void compared(TuningCompared comparison) {
      release.run();
      SwingUtilities.invokeLater(() -> {
        text.compared(comparison);
        show(text);
        where.setText("Measuring how fast this machine trains...");
        bar.setIndeterminate(true);
      });
      Work.begin("pictures", () -> {
        byte[] own = comparison.getRecording().toByteArray();
        byte[] simulated = comparison.getSimulation().toByteArray();
        return new BufferedImage[] {Png.decode(own), Png.decode(simulated)};
      }, pair -> {
        pictures.show(pair[0], pair[1]);
        if (isDisplayable()) pack();
      }, problem -> {});
    }

    @Override
    public void judged(TuningJudged judged) {
      SwingUtilities.invokeLater(() -> {
        judgement = judged;
        text.judged(judged);
        show(text);
      });
    }

    @Override
    void done() {
      installed = true;
      report.setEnabled(true);
      if (usesItself) use(false);
    }

    @Override
    public void failed(WireException error) {
      // If only the connection was lost, the daemon may still read the recording.
      if (!(error instanceof ConnectionLostException)) release.run();
      super.failed(error);
    }

    @Override
    void fail(WireException error) {
      super.fail(error);
      text.ended(ended(error).getMessage());
      show(text);
      if (error instanceof ConnectionLostException || judgement.getModel().isEmpty()) return;
      path = judgement.getModel();
      use.setText("Use it anyway");
      use.setEnabled(true);
      report.setEnabled(true);
    }
  }
}

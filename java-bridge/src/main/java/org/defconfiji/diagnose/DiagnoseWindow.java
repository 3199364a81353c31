package org.defconfiji.diagnose;

import ij.WindowManager;
import ij.plugin.frame.Recorder;
import ij.text.TextWindow;
import java.awt.BorderLayout;
import java.awt.Dimension;
import java.awt.FlowLayout;
import java.awt.Toolkit;
import java.awt.Window;
import java.awt.datatransfer.StringSelection;
import java.awt.event.WindowAdapter;
import java.awt.event.WindowEvent;
import javax.swing.BorderFactory;
import javax.swing.JButton;
import javax.swing.JEditorPane;
import javax.swing.JFrame;
import javax.swing.JLabel;
import javax.swing.JPanel;
import javax.swing.JProgressBar;
import javax.swing.JScrollPane;
import org.defconfiji.daemon.Daemon;
import org.defconfiji.daemon.Program;
import org.defconfiji.daemon.Surroundings;
import org.defconfiji.daemon.UserSettings;
import org.defconfiji.options.MacroText;
import org.defconfiji.ui.Messages;
import org.defconfiji.ui.Work;

/** Shows the doctor's report and the buttons that control the daemon. */
final class DiagnoseWindow extends JFrame {
  private static final String TITLE = "DEFCoN diagnosis";

  private final Surroundings surroundings;
  private final DaemonControl control;
  private final JEditorPane page = new JEditorPane("text/html", "");
  private final JProgressBar progress = new JProgressBar();
  private final JLabel state = new JLabel("Daemon: ");
  private final JButton again = new JButton("Check again");
  private final JButton copy = new JButton("Copy report");
  private volatile boolean closed;
  private String report = "";

  private DiagnoseWindow(Surroundings surroundings) {
    super(TITLE);
    this.surroundings = surroundings;
    this.control = new DaemonControl(new Daemon(surroundings), new UserSettings(surroundings));
    page.setEditable(false);
    JScrollPane scroll = new JScrollPane(page);
    scroll.setPreferredSize(new Dimension(820, 430));
    progress.setStringPainted(true);
    state.setBorder(BorderFactory.createEmptyBorder(4, 8, 4, 8));
    JPanel top = new JPanel(new BorderLayout());
    top.add(state, BorderLayout.CENTER);
    top.add(progress, BorderLayout.EAST);
    add(top, BorderLayout.NORTH);
    add(scroll, BorderLayout.CENTER);
    add(buttons(), BorderLayout.SOUTH);
    setDefaultCloseOperation(DISPOSE_ON_CLOSE);
    addWindowListener(new WindowAdapter() {
      @Override
      public void windowClosed(WindowEvent event) {
        closed = true;
        WindowManager.removeWindow(DiagnoseWindow.this);
      }
    });
    pack();
  }

  /** Opens the window, or brings the open one to the front. Runs on the event thread. */
  static void open(Surroundings surroundings) {
    Window there = WindowManager.getWindow(TITLE);
    if (there instanceof DiagnoseWindow) {
      there.toFront();
      return;
    }
    DiagnoseWindow window = new DiagnoseWindow(surroundings);
    WindowManager.addWindow(window);
    window.setLocationByPlatform(true);
    window.setVisible(true);
    window.examine();
  }

  private JPanel buttons() {
    JButton start = new JButton("Start daemon");
    JButton stop = new JButton("Stop daemon");
    JButton log = new JButton("Daemon's log");
    JButton settings = new JButton("Settings...");
    again.addActionListener(event -> examine());
    start.addActionListener(event -> change("starting...", () -> {
      control.start();
      return control.state();
    }));
    stop.addActionListener(event -> change("stopping...", () -> {
      control.stop();
      return control.state();
    }));
    log.addActionListener(event -> Work.begin("log", control::log, this::showLog, this::complain));
    copy.addActionListener(
        event -> Toolkit.getDefaultToolkit().getSystemClipboard().setContents(new StringSelection(report), null));
    settings.addActionListener(event -> UserSettingsDialog.open(this, surroundings, this::settingsChanged));
    JPanel panel = new JPanel(new FlowLayout(FlowLayout.LEFT));
    for (JButton button : new JButton[] {again, start, stop, log, copy, settings}) panel.add(button);
    return panel;
  }

  private void examine() {
    again.setEnabled(false);
    copy.setEnabled(false);
    progress.setIndeterminate(true);
    progress.setString("testing...");
    page.setText(ReportPage.of("Testing every part of the program on this computer. This takes a while."));
    refresh();
    Program program = new Program(surroundings);
    Work.begin("doctor", () -> Report.examine(program, () -> closed), found -> {
      report = found.text();
      finish(ReportPage.of(found));
      refresh();
    }, problem -> {
      report = problem;
      finish(ReportPage.of(problem));
    });
  }

  /** @param device the device if it was changed, else an empty text */
  private void settingsChanged(String device) {
    examine();
    if (device.isEmpty()) return;
    String options = DiagnoseOptions.DEVICE.key() + "=" + device;
    if (Recorder.record) Recorder.recordString(MacroText.call(DiagnoseOptions.TABLE.command(), options));
    Work.begin("daemon", control::deviceDifference, this::tell, this::complain);
  }

  private void tell(String sentence) {
    if (!sentence.isEmpty()) Messages.tell(this, sentence);
  }

  private void finish(String html) {
    page.setText(html);
    page.setCaretPosition(0);
    progress.setIndeterminate(false);
    progress.setString("done");
    again.setEnabled(true);
    copy.setEnabled(true);
  }

  private void refresh() {
    Work.begin("daemon", control::state, this::showState, this::showState);
  }

  private void change(String what, Work.Task<String> task) {
    showState(what);
    Work.begin("daemon", task, this::showState, problem -> {
      complain(problem);
      refresh();
    });
  }

  private void showState(String text) {
    state.setText("Daemon: " + text);
  }

  private void complain(String problem) {
    Messages.error(this, problem);
  }

  private void showLog(String text) {
    new TextWindow("Log of the DEFCoN daemon, " + control.logFile(), text, 820, 420);
  }
}

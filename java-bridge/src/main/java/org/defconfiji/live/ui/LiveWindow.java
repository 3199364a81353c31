package org.defconfiji.live.ui;

import ij.ImagePlus;
import ij.Prefs;
import ij.WindowManager;
import java.awt.BorderLayout;
import java.awt.Color;
import java.awt.Component;
import java.awt.FlowLayout;
import java.awt.Font;
import java.awt.KeyboardFocusManager;
import java.awt.Window;
import java.awt.event.ActionEvent;
import java.util.Collections;
import java.util.Locale;
import java.util.function.Consumer;
import javax.swing.AbstractAction;
import javax.swing.AbstractButton;
import javax.swing.Action;
import javax.swing.BorderFactory;
import javax.swing.JButton;
import javax.swing.JComponent;
import javax.swing.JFrame;
import javax.swing.JPanel;
import javax.swing.JTabbedPane;
import javax.swing.JTextArea;
import javax.swing.JToggleButton;
import javax.swing.KeyStroke;
import javax.swing.Timer;
import javax.swing.UIManager;
import javax.swing.text.JTextComponent;
import org.defconfiji.control.ControlStep;
import org.defconfiji.daemon.Daemon;
import org.defconfiji.live.LiveListener;
import org.defconfiji.live.count.DensityShown;
import org.defconfiji.live.count.FrameCount;
import org.defconfiji.live.count.LiveSession;
import org.defconfiji.live.count.LiveSettings;
import org.defconfiji.live.count.LiveStatistics;
import org.defconfiji.live.count.RoiShape;
import org.defconfiji.live.source.LiveStatus;

/**
 * The window of a live count: numbers, plot and buttons. Runs on the event thread.
 *
 * <p>It reads the session 25 times a second and never waits for it. Closing it ends the live count.
 */
public final class LiveWindow extends JFrame {
  static final String TITLE = "Live count";

  private static final int REFRESH_MS = 40;
  /** Selections are read only at every fifth refresh. */
  private static final int REFRESHES_A_LOOK = 5;
  private static final int TEXT_LINES = 3;
  private static final int PLOT_LINES = 10;
  private static final Color TROUBLE = new Color(0xb3261e);

  private final Daemon daemon;
  private final LiveListener listener;
  private final DensityView density = new DensityView(new Seen());
  private final NumbersPanel numbers;
  private final TrustLine trust;
  private final PlotPanel plot = new PlotPanel(PLOT_LINES);
  private final FactsPanel facts;
  private final ControlTab control;
  private final JTextArea message = new JTextArea(TEXT_LINES, 0);
  private final JToggleButton pause = new JToggleButton();
  private final JToggleButton log = new JToggleButton();
  private final JToggleButton map = new JToggleButton();
  private final JToggleButton overlay = new JToggleButton();
  private final JTabbedPane tabs = new JTabbedPane();
  private final Timer timer = new Timer(REFRESH_MS, tick -> refresh());
  private volatile LiveSession session;
  private long refreshes;

  private LiveWindow(
      LiveSettings settings, Daemon daemon, LiveListener listener, Consumer<ControlStep> light) {
    super(TITLE);
    this.daemon = daemon;
    this.listener = listener;
    Font font = font();
    this.numbers = new NumbersPanel(font);
    this.trust = new TrustLine(font);
    this.facts = new FactsPanel(font);
    this.control = new ControlTab(font, this::session, light);
    plot.setFont(font);
    layOut(font);
    begin(settings, new LiveStatistics());
    timer.start();
  }

  /**
   * Opens the window and starts counting.
   *
   * @param listener receives each count on the counting thread
   * @param light receives each step of a control, and must not wait
   */
  public static LiveWindow open(
      LiveSettings settings, Daemon daemon, LiveListener listener, Consumer<ControlStep> light) {
    LiveWindow window = new LiveWindow(settings, daemon, listener, light);
    window.setDefaultCloseOperation(DISPOSE_ON_CLOSE);
    window.pack();
    window.setMinimumSize(window.getSize());
    window.setLocationByPlatform(true);
    window.setVisible(true);
    WindowManager.addWindow(window);
    return window;
  }

  /** The open window, or null. May be called on any thread. */
  public static LiveWindow find() {
    for (Window window : Window.getWindows())
      if (window instanceof LiveWindow && window.isDisplayable()) return (LiveWindow) window;
    return null;
  }

  /** The session that is shown. */
  public LiveSession session() {
    return session;
  }

  /** The tab that steers light. */
  public ControlTab control() {
    return control;
  }

  /** Continues with other settings. The statistics go on from when the window was opened. */
  public void apply(LiveSettings settings) {
    session.close();
    begin(settings, session.statistics());
  }

  private void begin(LiveSettings settings, LiveStatistics statistics) {
    session = LiveSession.start(settings, daemon, statistics, density::owns, listener);
    plot.setUp(settings.watch.title(), settings.points, settings.low, settings.high);
    control.attach(session);
    density.wantWindow(settings.density == DensityShown.WINDOW);
    density.wantOverlay(settings.density == DensityShown.OVERLAY);
    refreshes = 0;
    refresh();
  }

  /** The font of labels at ImageJ's own scale. */
  private static Font font() {
    Font label = UIManager.getFont("Label.font");
    return label.deriveFont((float) (label.getSize2D() * Prefs.getGuiScale()));
  }

  private void layOut(Font font) {
    int gap = font.getSize() / 2;
    message.setFont(font);
    message.setEditable(false);
    message.setFocusable(false);
    message.setLineWrap(true);
    message.setWrapStyleWord(true);
    message.setOpaque(false);
    JPanel top = new JPanel(new BorderLayout(gap, gap));
    top.add(numbers, BorderLayout.CENTER);
    top.add(trust, BorderLayout.SOUTH);
    JPanel middle = new JPanel(new BorderLayout(gap, gap));
    middle.add(plot, BorderLayout.CENTER);
    tabs.setFont(font);
    tabs.addTab("Count", facts);
    tabs.addTab("Control", control);
    middle.add(tabs, BorderLayout.SOUTH);
    JPanel bottom = new JPanel(new BorderLayout(gap, gap));
    bottom.add(message, BorderLayout.CENTER);
    bottom.add(buttons(font), BorderLayout.SOUTH);
    JPanel all = new JPanel(new BorderLayout(gap, gap));
    all.setBorder(BorderFactory.createEmptyBorder(gap, gap, gap, gap));
    all.add(top, BorderLayout.NORTH);
    all.add(middle, BorderLayout.CENTER);
    all.add(bottom, BorderLayout.SOUTH);
    setContentPane(all);
    key("control W", "close", this::dispose);
    key("meta W", "close", this::dispose);
  }

  private JPanel buttons(Font font) {
    JPanel buttons = new JPanel(new FlowLayout(FlowLayout.CENTER, font.getSize() / 3, 0));
    add(buttons, pause, font, "Pause", 'P', () -> session.pause(!session.paused()));
    add(buttons, log, font, "Log", 'L', this::toggleLog);
    add(buttons, map, font, "Density", 'D', () -> density.wantWindow(!density.windowWanted()));
    add(buttons, overlay, font, "Overlay", 'O', () -> density.wantOverlay(!density.overlayWanted()));
    add(buttons, new JButton(), font, "Settings...", 'S', () -> LiveSettingsDialog.open(this));
    return buttons;
  }

  private void add(JPanel buttons, AbstractButton button, Font font, String name, char letter, Runnable what) {
    button.setAction(action(name, what));
    button.setFont(font);
    button.setMnemonic(letter);
    button.setToolTipText("Key " + letter);
    buttons.add(button);
    key(String.valueOf(letter), name, what);
  }

  private void key(String stroke, String name, Runnable what) {
    JComponent root = getRootPane();
    root.getInputMap(JComponent.WHEN_IN_FOCUSED_WINDOW).put(KeyStroke.getKeyStroke(stroke), name);
    Runnable unlessTyping = () -> {
      Component focused = KeyboardFocusManager.getCurrentKeyboardFocusManager().getFocusOwner();
      if (!(focused instanceof JTextComponent)) what.run();
    };
    root.getActionMap().put(name, action(name, stroke.length() == 1 ? unlessTyping : what));
  }

  private Action action(String name, Runnable what) {
    return new AbstractAction(name) {
      @Override
      public void actionPerformed(ActionEvent event) {
        what.run();
        refresh();
      }
    };
  }

  private void toggleLog() {
    if (session.log() == null) session.startLog();
    else session.stopLog();
  }

  private void refresh() {
    LiveSession now = session;
    now.showMap(density.wanted());
    ImagePlus image = now.image();
    if (refreshes++ % REFRESHES_A_LOOK == 0)
      now.count(image == null ? Collections.emptyList() : RoiShape.on(image));
    FrameCount latest = now.latest();
    numbers.show(latest, now.settings());
    trust.show(latest);
    plot.aim(control.setPoint());
    plot.show(now.history());
    control.refresh();
    facts.show(now, latest);
    showMessage(now);
    pause.setSelected(now.paused());
    log.setSelected(now.log() != null);
    map.setSelected(density.windowWanted());
    overlay.setSelected(density.overlayWanted());
  }

  private void showMessage(LiveSession now) {
    LiveStatus status = now.status();
    String trouble = now.trouble();
    String text = trouble.isEmpty() ? status.text() : status.text() + "\n" + trouble;
    if (!text.equals(message.getText())) message.setText(text);
    boolean bad = status.isTrouble() || !trouble.isEmpty();
    message.setForeground(bad ? TROUBLE : UIManager.getColor("Label.foreground"));
  }

  /** Ends the live count. ImageJ calls this too when it closes all windows. */
  @Override
  public void dispose() {
    timer.stop();
    density.close();
    control.stop();
    session.close();
    WindowManager.removeWindow(this);
    super.dispose();
  }

  static String number(String format, double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
  }

  private final class Seen implements DensityView.Live {
    @Override
    public FrameCount latest() {
      LiveSession now = session;
      return now == null ? null : now.latest();
    }

    @Override
    public ImagePlus image() {
      return session.image();
    }
  }
}

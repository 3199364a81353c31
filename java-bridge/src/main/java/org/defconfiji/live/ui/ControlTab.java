package org.defconfiji.live.ui;

import ij.IJ;
import ij.Prefs;
import java.awt.BorderLayout;
import java.awt.Color;
import java.awt.FlowLayout;
import java.awt.Font;
import java.awt.GridBagConstraints;
import java.awt.GridBagLayout;
import java.awt.Insets;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.swing.JButton;
import javax.swing.JComboBox;
import javax.swing.JComponent;
import javax.swing.JLabel;
import javax.swing.JPanel;
import javax.swing.JTextField;
import javax.swing.UIManager;
import org.defconfiji.command.count.CommandException;
import org.defconfiji.control.ControlMode;
import org.defconfiji.control.ControlNumber;
import org.defconfiji.control.ControlState;
import org.defconfiji.control.ControlStep;
import org.defconfiji.control.Quantity;
import org.defconfiji.live.count.ControlOptions;
import org.defconfiji.live.count.LiveControl;
import org.defconfiji.live.count.LiveSession;
import org.defconfiji.ui.Wrapped;

/** The tab that starts and stops the control of light. Runs on the event thread. */
public final class ControlTab extends JPanel {
  private static final String PREFERENCE = "defcon.control";
  private static final int PLOT_LINES = 6;
  private static final int COLUMNS = 4;
  /** Two labels and two fields in a row. */
  private static final int CELLS = 4;
  private static final Color TROUBLE = new Color(0xb3261e);

  private final Supplier<LiveSession> session;
  private final Consumer<ControlStep> light;
  private final PlotPanel plot = new PlotPanel(PLOT_LINES);
  private final JComboBox<ControlMode> mode = new JComboBox<>(ControlMode.values());
  private final JComboBox<Quantity> quantity = new JComboBox<>(Quantity.values());
  private final Map<ControlNumber, JTextField> numbers = new EnumMap<>(ControlNumber.class);
  private final JTextField macro = new JTextField(COLUMNS);
  private final JButton start = new JButton("Start");
  private final JButton apply = new JButton("Apply");
  private final JLabel status = new JLabel(" ");
  private LiveControl control;

  /** @param light receives each step of a control, and must not wait */
  ControlTab(Font font, Supplier<LiveSession> session, Consumer<ControlStep> light) {
    super(new BorderLayout(font.getSize() / 2, font.getSize() / 2));
    this.session = session;
    this.light = light;
    mode.setToolTipText("What the control does");
    quantity.setToolTipText("What the set point is a value of");
    JPanel fields = new JPanel(new GridBagLayout());
    GridBagConstraints place = new GridBagConstraints();
    place.fill = GridBagConstraints.HORIZONTAL;
    place.insets = new Insets(1, font.getSize() / 3, 1, font.getSize() / 3);
    place.gridwidth = CELLS / 2;
    put(fields, font, mode, place);
    put(fields, font, quantity, place);
    for (ControlNumber number : ControlNumber.values()) {
      JTextField field = new JTextField(COLUMNS);
      numbers.put(number, field);
      labelled(fields, font, number.title(), field, place, 1);
    }
    labelled(fields, font, "Macro at each change", macro, place, CELLS - 1);
    JPanel bottom = new JPanel(new FlowLayout(FlowLayout.LEADING, font.getSize() / 2, 0));
    for (JComponent part : new JComponent[] {start, apply, status}) {
      part.setFont(font);
      bottom.add(part);
    }
    plot.setFont(font);
    add(plot, BorderLayout.NORTH);
    add(fields, BorderLayout.CENTER);
    add(bottom, BorderLayout.SOUTH);
    start.addActionListener(pressed -> toggle());
    apply.addActionListener(pressed -> tryTo(() -> start(typed())));
    fill(remembered());
  }

  private static void labelled(
      JPanel fields, Font font, String title, JComponent field, GridBagConstraints place, int width) {
    JLabel label = new JLabel(title);
    label.setLabelFor(field);
    place.gridwidth = 1;
    place.weightx = 0;
    // A wide field begins a row.
    if (width > 1) place.gridx = CELLS;
    put(fields, font, label, place);
    place.gridwidth = width;
    place.weightx = 1;
    put(fields, font, field, place);
  }

  /** Puts a part into the next cells, or those of the next row. */
  private static void put(JPanel fields, Font font, JComponent part, GridBagConstraints place) {
    part.setFont(font);
    if (place.gridx + place.gridwidth > CELLS || place.gridx < 0) {
      place.gridx = 0;
      place.gridy++;
    }
    fields.add(part, place);
    place.gridx += place.gridwidth;
  }

  private interface Attempt {
    void run() throws CommandException;
  }

  private static void tryTo(Attempt attempt) {
    try {
      attempt.run();
    } catch (CommandException wrong) {
      IJ.error("Control", Wrapped.text(wrong.getMessage()));
    }
  }

  private void toggle() {
    if (control == null) tryTo(() -> start(typed()));
    else stop();
  }

  /** The control that runs, or null. */
  public LiveControl running() {
    return control;
  }

  /** What the control does now; what was chosen last if none runs. */
  public ControlOptions options() {
    return control == null ? remembered() : control.options();
  }

  /**
   * Starts a control, or changes the one that runs.
   *
   * @throws CommandException the settings cannot be; nothing is changed then
   */
  public void start(ControlOptions options) throws CommandException {
    if (control == null || !control.change(options)) {
      LiveSession now = session.get();
      LiveControl next =
          new LiveControl(options, now.settings().points, () -> session.get().status().isTrouble(), light);
      stop();
      control = next;
      plot.setUp("Output", now.settings().points, Double.NaN, Double.NaN);
      attach(now);
    }
    Prefs.set(PREFERENCE, options.options());
    fill(options);
  }

  /** Ends the control, if one runs. The light gets the safe output. */
  public void stop() {
    LiveControl before = control;
    control = null;
    session.get().steer(null);
    if (before != null) before.close();
  }

  /** Gives the counts of a session to the control that runs. */
  void attach(LiveSession now) {
    now.steer(control);
  }

  /** The set point in the unit of what is watched; NaN if it is another quantity or none. */
  double setPoint() {
    if (control == null) return Double.NaN;
    Quantity watched = session.get().settings().watch.quantity();
    return control.options().quantity == watched ? control.setPoint() : Double.NaN;
  }

  void refresh() {
    start.setText(control == null ? "Start" : "Stop");
    apply.setEnabled(control != null);
    if (control != null) plot.show(control.outputs());
    String text = control == null ? "off" : text(control.step());
    String trouble = control == null ? "" : control.trouble();
    status.setText(trouble.isEmpty() ? text : text + ". " + trouble);
    boolean bad = control != null && (control.step().state() == ControlState.SAFE || !trouble.isEmpty());
    status.setForeground(bad ? TROUBLE : UIManager.getColor("Label.foreground"));
  }

  private static String text(ControlStep step) {
    String reason = step.reason().isEmpty() ? "" : ": " + step.reason();
    return String.format(Locale.ROOT, "Output %.4g, %s%s", step.output(), step.state().key(), reason);
  }

  private ControlOptions typed() throws CommandException {
    StringBuilder options = new StringBuilder();
    options.append("mode=").append(((ControlMode) mode.getSelectedItem()).key());
    options.append(" quantity=").append(((Quantity) quantity.getSelectedItem()).key());
    for (Map.Entry<ControlNumber, JTextField> number : numbers.entrySet()) {
      String text = number.getValue().getText().trim();
      if (!text.isEmpty()) options.append(' ').append(ControlOptions.key(number.getKey())).append('=').append(text);
    }
    if (!macro.getText().trim().isEmpty()) options.append(" macro=[").append(macro.getText().trim()).append(']');
    return ControlOptions.parse(options.toString(), ControlOptions.none());
  }

  private void fill(ControlOptions options) {
    mode.setSelectedItem(options.mode);
    quantity.setSelectedItem(options.quantity);
    macro.setText(options.macro);
    for (Map.Entry<ControlNumber, JTextField> number : numbers.entrySet())
      number.getValue().setText(options.text(number.getKey()));
  }

  private static ControlOptions remembered() {
    try {
      return ControlOptions.parse(Prefs.get(PREFERENCE, ""), ControlOptions.first());
    } catch (CommandException ofAnotherVersion) {
      return ControlOptions.first();
    }
  }
}

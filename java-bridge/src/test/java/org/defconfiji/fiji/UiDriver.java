package org.defconfiji.fiji;

import ij.IJ;
import ij.ImageJ;
import ij.gui.GenericDialog;
import ij.plugin.frame.Recorder;
import java.awt.Button;
import java.awt.Checkbox;
import java.awt.Component;
import java.awt.Container;
import java.awt.Dialog;
import java.awt.Frame;
import java.awt.Rectangle;
import java.awt.Robot;
import java.awt.TextField;
import java.awt.Toolkit;
import java.awt.Window;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.function.Predicate;
import javax.imageio.ImageIO;
import javax.swing.JButton;
import javax.swing.JEditorPane;
import javax.swing.JLabel;
import javax.swing.JProgressBar;
import javax.swing.JTable;
import javax.swing.SwingUtilities;

/**
 * Acts as a user of the dialogs and windows, and writes down what they show.
 *
 * <p>It goes through "Batch...", "Models...", "Diagnose...", "Train..." and "Tune to my data..." in
 * an ImageJ of its own that has the plugin only in its plugins folder. Arguments: the folder of
 * stacks, the folder for the batch's results, a stack and its table to train on, a plan to train
 * from, the folder for screenshots and notes, a recording to tune to, the minutes of tuning.
 */
public final class UiDriver {
  private static final Driving DRIVING = new Driving(600_000);
  private static final int EPOCHS = 8;

  private final Path out;
  private final Properties notes = new Properties();
  private final Robot robot = new Robot();
  private Recorder recorder;

  private UiDriver(Path out) throws Exception {
    this.out = out;
  }

  public static void main(String[] arguments) throws Exception {
    UiDriver driver = new UiDriver(Paths.get(arguments[5]));
    int code = 0;
    try {
      driver.drive(arguments);
    } catch (Throwable trouble) {
      driver.screen("trouble-ui.png");
      trouble.printStackTrace();
      code = 1;
    }
    // ImageJ's windows would keep the process alive.
    Runtime.getRuntime().halt(code);
  }

  private void drive(String[] arguments) throws Exception {
    new ImageJ(ImageJ.STANDALONE);
    recorder = new Recorder();
    batch(arguments[0], arguments[1]);
    train(arguments[2], arguments[3]);
    trainByPlan(arguments[4]);
    models();
    diagnose();
    tune(arguments[6], arguments[7]);
    try (OutputStream file = Files.newOutputStream(out.resolve("ui.properties"))) {
      notes.store(file, null);
    }
  }

  private void batch(String stacks, String results) throws Exception {
    IJ.doCommand("Batch...");
    GenericDialog dialog = dialog("Batch");
    field(dialog, 0).setText(stacks);
    field(dialog, 1).setText(results);
    ((Checkbox) dialog.getCheckboxes().get(0)).setState(true);
    ((Checkbox) dialog.getCheckboxes().get(1)).setState(true);
    shoot(dialog, "fiji-batch.png");
    Driving.press(dialog.getButtons()[0]);
    Window problems = window("DEFCoN batch");
    shoot(problems, "fiji-batch-problems.png");
    problems.dispose();
    untilRecorded("Batch...");
    notes.setProperty("batch", lastLine());
  }

  private void train(String stack, String truth) throws Exception {
    IJ.doCommand("Train...");
    GenericDialog dialog = dialog("Train");
    field(dialog, 0).setText(stack);
    field(dialog, 1).setText(truth);
    String[] numbers = {"spots", Integer.toString(EPOCHS), "8", "10"};
    int[] places = {10, 12, 13, 14};
    for (int i = 0; i < places.length; i++) field(dialog, places[i]).setText(numbers[i]);
    shoot(dialog, "fiji-train-dialog.png");
    Driving.press(dialog.getButtons()[0]);
    Window training = window("DEFCoN training of spots");
    untilRecorded("Train...");
    notes.setProperty("train", lastLine());
    DRIVING.until("epochs", () -> count(training, JLabel.class, label -> label.getIcon() != null) > 1);
    training.dispose();
    IJ.doCommand("Train...");
    DRIVING.until(
        "the window again",
        () -> find("DEFCoN training of spots") != training && find("DEFCoN training of spots") != null
            || find("DEFCoN") != null);
    if (find("DEFCoN") != null) Driving.press(named(find("DEFCoN"), Button.class, "Look at it"));
    Window again = window("DEFCoN training of spots");
    DRIVING.until("its end", () -> enabled(again, "Use this model"));
    notes.setProperty("plots", Integer.toString(count(again, JLabel.class, label -> label.getIcon() != null)));
    shoot(again, "fiji-train.png");
    SwingUtilities.invokeAndWait(() -> button(again, "Use this model").doClick());
    DRIVING.until(
        "its use",
        () -> count(again, JLabel.class, label -> text(label).contains("is the default from now on")) > 0);
    again.dispose();
  }

  private void trainByPlan(String plan) throws Exception {
    IJ.doCommand("Train...");
    GenericDialog dialog = dialog("Train");
    String[] entries = {plan, "0.01", "simulated", "8"};
    int[] places = {8, 9, 10, 13};
    for (int i = 0; i < places.length; i++) field(dialog, places[i]).setText(entries[i]);
    Driving.press(dialog.getButtons()[0]);
    Window training = window("DEFCoN training of simulated");
    DRIVING.until("its end", () -> enabled(training, "Use this model"));
    notes.setProperty("plan", lastLine());
    notes.setProperty("plan.facts", text(named(training, JLabel.class, "")));
    notes.setProperty("plan.plots", Integer.toString(count(training, JLabel.class, label -> label.getIcon() != null)));
    shoot(training, "train-by-plan.png");
    training.dispose();
  }

  private void tune(String recording, String minutes) throws Exception {
    IJ.openImage(recording).show();
    IJ.doCommand("Tune to my data...");
    GenericDialog dialog = dialog("Tune to my data");
    notes.setProperty("tune.name", field(dialog, 1).getText());
    field(dialog, 1).setText("mine");
    shoot(dialog, "fiji-tune-dialog.png");
    field(dialog, 0).setText(minutes);
    Driving.press(dialog.getButtons()[0]);
    Window tuning = window("DEFCoN tuning of mine");
    untilRecorded("Tune to my data...");
    notes.setProperty("tune", lastLine());
    DRIVING.until("the pictures", () -> count(tuning, JLabel.class, label -> label.getIcon() != null) > 2);
    DRIVING.until("the training", () -> enabled(tuning, "Open report")
        || count(tuning, JLabel.class, label -> text(label).startsWith("end-to-end: epoch")) > 0);
    DRIVING.until("a step", () -> named(tuning, JProgressBar.class, "").getValue() > 0);
    shoot(tuning, "fiji-tune.png");
    DRIVING.until("its end", () -> enabled(tuning, "Open report"));
    DRIVING.until(
        "its use, or why not",
        () -> count(tuning, JLabel.class, label -> text(label).contains("is the default from now on")
            || text(label).contains("was not installed")) > 0);
    notes.setProperty("tune.text", named(tuning, JEditorPane.class, "").getText());
    shoot(tuning, "fiji-tune-result.png");
    tuning.dispose();
  }

  private void models() throws Exception {
    IJ.doCommand("Models...");
    Window window = window("DEFCoN models");
    DRIVING.until("the card", () -> count(window, JLabel.class, label -> label.getIcon() != null) > 0);
    JTable table = named(window, JTable.class, "");
    notes.setProperty("models", Integer.toString(table.getRowCount()));
    notes.setProperty("default", String.valueOf(table.getValueAt(0, 0)));
    SwingUtilities.invokeAndWait(() -> table.setRowSelectionInterval(1, 1));
    IJ.wait(300);
    DRIVING.until("the next card", () -> count(window, JLabel.class, label -> label.getIcon() != null) > 0);
    shoot(window, "fiji-models.png");
    SwingUtilities.invokeAndWait(() -> button(window, "Set default").doClick());
    DRIVING.until(
        "the default",
        () -> "\u2713".equals(table.getValueAt(0, 1)) && "defcon".equals(table.getValueAt(0, 0)));
    notes.setProperty("recorded.default", lastLine());
    window.dispose();
  }

  private void diagnose() throws Exception {
    IJ.doCommand("Diagnose...");
    Window window = window("DEFCoN diagnosis");
    JProgressBar bar = named(window, JProgressBar.class, "");
    DRIVING.until("the report", () -> bar.getString().equals("done"));
    IJ.wait(500);
    notes.setProperty("report", named(window, JEditorPane.class, "").getText());
    shoot(window, "fiji-diagnose.png");
    SwingUtilities.invokeLater(() -> button(window, "Settings...").doClick());
    Window settings = window("DEFCoN settings");
    shoot(settings, "fiji-settings.png");
    settings.dispose();
    window.dispose();
  }

  /** Waits for the recorder. While it still writes one command, it would miss the next. */
  private void untilRecorded(String command) {
    DRIVING.until("the recorder", () -> recorder.getText().contains(command) && Recorder.getCommand() == null);
  }

  /** The last recorded line. */
  private String lastLine() {
    String[] lines = recorder.getText().trim().split("\n");
    return lines[lines.length - 1];
  }

  private GenericDialog dialog(String title) {
    return (GenericDialog) window(title);
  }

  private Window window(String title) {
    DRIVING.until(title, () -> find(title) != null);
    IJ.wait(700);
    return find(title);
  }

  private static Window find(String title) {
    for (Window window : Window.getWindows()) {
      boolean named =
          window instanceof Dialog && title.equals(((Dialog) window).getTitle())
              || window instanceof Frame && title.equals(((Frame) window).getTitle());
      if (window.isShowing() && named) return window;
    }
    return null;
  }

  private static TextField field(GenericDialog dialog, int index) {
    return (TextField) dialog.getStringFields().get(index);
  }

  private static <T extends Component> List<T> all(Container container, Class<T> kind) {
    List<T> found = new ArrayList<>();
    for (Component component : container.getComponents()) {
      if (kind.isInstance(component)) found.add(kind.cast(component));
      if (component instanceof Container) found.addAll(all((Container) component, kind));
    }
    return found;
  }

  /** The first component of a type with this text, or the first of all if the text is empty. */
  private static <T extends Component> T named(Container container, Class<T> kind, String name) {
    for (T each : all(container, kind)) if (name.isEmpty() || text(each).trim().equals(name)) return each;
    throw new IllegalStateException("no " + kind.getSimpleName() + " " + name);
  }

  private static String text(Component component) {
    if (component instanceof Button) return ((Button) component).getLabel();
    if (component instanceof JButton) return ((JButton) component).getText();
    return component instanceof JLabel ? String.valueOf(((JLabel) component).getText()) : "";
  }

  private static JButton button(Container container, String name) {
    return named(container, JButton.class, name);
  }

  private static boolean enabled(Container container, String name) {
    return button(container, name).isEnabled();
  }

  private static <T extends Component> int count(
      Container container, Class<T> kind, Predicate<T> wanted) {
    int count = 0;
    for (T each : all(container, kind)) if (wanted.test(each)) count++;
    return count;
  }

  private void shoot(Window window, String name) throws Exception {
    window.setLocation(20, 20);
    window.toFront();
    // Wait until the event thread has laid out a page that may be under way.
    SwingUtilities.invokeAndWait(() -> {});
    IJ.wait(700);
    BufferedImage picture = robot.createScreenCapture(window.getBounds());
    ImageIO.write(picture, "png", new File(out.toFile(), name));
  }

  private void screen(String name) throws Exception {
    Rectangle whole = new Rectangle(Toolkit.getDefaultToolkit().getScreenSize());
    ImageIO.write(robot.createScreenCapture(whole), "png", new File(out.toFile(), name));
  }
}

package org.defconfiji.live.ui;

import ij.IJ;
import ij.ImageJ;
import ij.ImagePlus;
import ij.WindowManager;
import java.awt.EventQueue;
import java.awt.Robot;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.swing.JTabbedPane;
import org.defconfiji.control.ControlState;
import org.defconfiji.control.ControlStep;
import org.defconfiji.live.EventProbe;
import org.defconfiji.live.LiveControls;
import org.defconfiji.live.LiveProcess;
import org.defconfiji.live.count.LiveControl;

/**
 * Acts as a user who steers the simulated microscope. Arguments: a model, a folder for the picture.
 *
 * <p>It prints what it saw and ends with code 1 after a difference.
 */
public final class ControlDriver {
  private static final int PATIENCE_MS = 120_000;

  private final String model;
  private final Path pictures;
  private final List<ControlStep> told = new CopyOnWriteArrayList<>();

  private ControlDriver(String model, Path pictures) {
    this.model = model;
    this.pictures = pictures;
  }

  public static void main(String[] arguments) {
    int code = 0;
    new ImageJ(ImageJ.STANDALONE);
    try (EventProbe probe = new EventProbe()) {
      new ControlDriver(arguments[0], Paths.get(arguments[1])).drive();
      check(probe.waited().isEmpty(), "the plugin made the event thread wait: " + probe.waited());
    } catch (Throwable trouble) {
      trouble.printStackTrace(System.out);
      code = 1;
    }
    System.out.flush();
    Runtime.getRuntime().halt(code);
  }

  private void drive() throws Exception {
    LiveControls.addOutput(told::add);
    Path logs = Files.createTempDirectory("logs");
    Path said = Files.createTempFile("said", ".txt");
    IJ.run("Simulated microscope...", "exposure=0.05 light=5");
    until("the image", () -> WindowManager.getImage("Simulated microscope") != null);
    IJ.run("Live count...", "model=[" + model + "] points=300 folder=[" + logs + "]");
    until("a count", () -> LiveWindow.find().session().latest() != null);
    check(LiveControls.get("output").isEmpty(), "nothing is steered yet");
    IJ.run("Live count...", "control setpoint=10 outputmax=100 safeoutput=0.5 lostafter=5");
    until("holding", () -> state() == ControlState.HOLDING);
    until("a set point in the plot", () -> LiveWindow.find().control().setPoint() == 10);
    System.out.println("ok: tuned and holding");
    until("300 outputs", () -> control().outputs().size() == 300);
    picture();
    mean();
    modes();
    lost();
    IJ.run("Live count...", "control macro=[File.append(getArgument(), '" + said + "');]");
    until("another control, with a macro", () -> text(said).contains("state=tuning"));
    IJ.run("Live count...", "control stop");
    until("the last step", () -> last().reason().equals("ended") && last().output() == 0.5);
    until("the macro", () -> text(said).contains("output=0.5000 state=safe reason=[ended]"));
    check(LiveControls.get("output").isEmpty(), "nothing is steered any more");
    System.out.println("ok: the light is safe at the end, for listener and macro");
    log(logs);
    ImagePlus image = WindowManager.getImage("Simulated microscope");
    image.changes = false;
    image.close();
    IJ.run("Live count...", "stop");
    until("the end of all threads", () -> threads() == 0);
    System.out.println("ok: nothing is left");
  }

  /** The mean of the last 200 counts lies near the set point. */
  private static void mean() {
    double[] counts = LiveWindow.find().session().history().values();
    double sum = 0;
    for (int i = counts.length - 200; i < counts.length; i++) sum += counts[i] / 200;
    System.out.printf("mean count %.2f%n", sum);
    check(Math.abs(sum - 10) < 3, "the mean count is " + sum);
  }

  private static void modes() {
    double before = control().step().output();
    IJ.run("Live count...", "control mode=manual");
    check(state() == ControlState.MANUAL, "manual");
    check(Math.abs(control().step().output() / before - 1) < 0.5, "the output jumped");
    IJ.run("Live count...", "control output=7");
    check(LiveControls.get("output").equals("7.0000"), "the output by hand is " + LiveControls.get("output"));
    IJ.run("Live count...", "control mode=pi setpoint=8");
    check(state() == ControlState.HOLDING, "holding without another step");
    check(LiveControls.get("setpoint").equals("8.0000"), "the set point is " + LiveControls.get("setpoint"));
    System.out.println("ok: modes change while it runs");
  }

  private static void lost() throws Exception {
    IJ.run("Live count...", "pause");
    until("safe without counts", () -> control().step().reason().equals("no readings"));
    check(control().step().output() == 0.5, "the safe output");
    IJ.run("Live count...", "resume");
    until("holding again", () -> state() == ControlState.HOLDING);
    LiveProcess.kill("KILL", LiveProcess.daemonPid());
    until("holding after the daemon was killed", () -> state() == ControlState.HOLDING);
    System.out.println("ok: safe without counts, and goes on");
  }

  private static void log(Path logs) throws Exception {
    try (Stream<Path> files = Files.list(logs)) {
      List<String> rows = Files.readAllLines(files.findFirst().get());
      check(rows.get(0).endsWith(",set_point,output,control_mode,control_state"), rows.get(0));
      check(rows.get(1).endsWith(",,,,"), rows.get(1));
      check(rows.stream().anyMatch(row -> row.contains(",10.0000,") && row.endsWith(",pi,holding")), "no row of the control");
    }
    System.out.println("ok: the log");
  }

  private void picture() throws Exception {
    LiveWindow live = LiveWindow.find();
    EventQueue.invokeAndWait(() -> tabs(live).setSelectedIndex(1));
    IJ.wait(1_000);
    Robot robot = new Robot();
    robot.waitForIdle();
    File file = Files.createDirectories(pictures).resolve("live-control.png").toFile();
    ImageIO.write(robot.createScreenCapture(live.getBounds()), "png", file);
    System.out.println(file);
  }

  private static JTabbedPane tabs(LiveWindow live) {
    return (JTabbedPane) live.control().getParent();
  }

  private static LiveControl control() {
    return LiveWindow.find().control().running();
  }

  private static ControlState state() {
    return control().step().state();
  }

  private ControlStep last() {
    return told.get(told.size() - 1);
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file));
    } catch (IOException unreadable) {
      return "";
    }
  }

  private static int threads() {
    int ours = 0;
    for (Thread thread : Thread.getAllStackTraces().keySet())
      if (thread.getName().startsWith("DEFCoN live") || thread.getName().equals("DEFCoN simulated microscope")) ours++;
    return ours;
  }

  private static void check(boolean holds, String what) {
    if (!holds) throw new AssertionError(what);
  }

  private static void until(String what, BooleanSupplier happened) {
    long deadline = System.nanoTime() + PATIENCE_MS * 1_000_000L;
    while (!happened.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        LiveWindow window = LiveWindow.find();
        String status = window == null ? "no window" : window.session().status().text();
        String steering = LiveControls.get("state") + " " + LiveControls.get("reason") + " " + LiveControls.get("output");
        throw new AssertionError("waited in vain for " + what + "; status: " + status + "; control: " + steering);
      }
      IJ.wait(5);
    }
  }
}

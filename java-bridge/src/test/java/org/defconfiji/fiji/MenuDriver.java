package org.defconfiji.fiji;

import ij.IJ;
import ij.ImageJ;
import ij.ImagePlus;
import ij.Menus;
import ij.WindowManager;
import ij.gui.GenericDialog;
import ij.measure.ResultsTable;
import ij.plugin.frame.Recorder;
import java.awt.Dialog;
import java.awt.Frame;
import java.awt.Rectangle;
import java.awt.Robot;
import java.awt.Toolkit;
import java.awt.Window;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.HashSet;
import java.util.Properties;
import java.util.Set;
import javax.imageio.ImageIO;

/**
 * Acts as a user in front of ImageJ. Arguments: the stack, the folder for screenshots and notes.
 *
 * <p>It opens a stack, chooses the menu's commands, presses OK and writes down what the screen
 * shows. It runs in a process of its own that has the plugin only in its plugins folder.
 */
public final class MenuDriver {
  private static final Driving DRIVING = new Driving(60_000);

  private final Path out;
  private final Properties notes = new Properties();
  private final Robot robot;

  private MenuDriver(Path out) throws Exception {
    this.out = out;
    this.robot = new Robot();
  }

  public static void main(String[] arguments) throws Exception {
    MenuDriver driver = new MenuDriver(Paths.get(arguments[1]));
    int code = 0;
    try {
      driver.drive(arguments[0]);
    } catch (Throwable trouble) {
      driver.screenshot("trouble.png");
      trouble.printStackTrace();
      code = 1;
    }
    // ImageJ's windows would keep the process alive.
    Runtime.getRuntime().halt(code);
  }

  private void drive(String stack) throws Exception {
    new ImageJ(ImageJ.STANDALONE);
    notes.setProperty("command", String.valueOf(Menus.getCommands().get("Density map...")));
    ImagePlus source = IJ.openImage(stack);
    source.show();
    IJ.run(source, "Set... ", "zoom=500");
    Recorder recorder = new Recorder();

    IJ.doCommand("Density map...");
    DRIVING.until("the options", () -> find(GenericDialog.class) != null);
    IJ.wait(500);
    GenericDialog dialog = (GenericDialog) find(GenericDialog.class);
    screenshot("options.png");
    notes.setProperty("options.title", dialog.getTitle());
    Driving.press(dialog.getButtons()[0]);
    DRIVING.until("the density map", () -> WindowManager.getImage(source.getTitle() + " density") != null);
    DRIVING.until("the rows", () -> ResultsTable.getResultsTable().getCounter() == source.getStackSize());
    DRIVING.until("the recorder", () -> recorder.getText().contains("run("));
    notes.setProperty("recorded", recorder.getText());

    ImagePlus density = WindowManager.getImage(source.getTitle() + " density");
    IJ.run(density, "Set... ", "zoom=500");
    arrange(source, density, recorder);
    notes.setProperty("rows", Integer.toString(ResultsTable.getResultsTable().getCounter()));
    notes.setProperty("columns", ResultsTable.getResultsTable().getColumnHeadings().trim());
    notes.setProperty("exact", Double.toString(ResultsTable.getResultsTable().getValue("Exact count", 0)));
    BufferedImage screen = screenshot("density.png");
    notes.setProperty("colours", Integer.toString(colours(screen, density)));

    WindowManager.setCurrentWindow(source.getWindow());
    IJ.run(source, "Maximum local count...", "current");
    double maximum = ResultsTable.getResultsTable().getValue("Max local count (7x7)", source.getStackSize());
    notes.setProperty("maximum", Double.toString(maximum));

    live(source);
    errorBox();
    try (OutputStream file = Files.newOutputStream(out.resolve("notes.properties"))) {
      notes.store(file, null);
    }
  }

  /** Uses a macro, because the plugin's classes are not on the class path of this program. */
  private void live(ImagePlus source) {
    WindowManager.setCurrentWindow(source.getWindow());
    IJ.run("Live count...", "nolog");
    String get = "return call('org.defconfiji.live.LiveCounts.get', 'count');";
    DRIVING.until("a live count", () -> !IJ.runMacro(get).isEmpty());
    notes.setProperty("live", IJ.runMacro(get));
    IJ.run("Live count...", "stop");
    notes.setProperty("live.stopped", IJ.runMacro(get));
  }

  /** Opens a colour image, to see how an error message looks. */
  private void errorBox() throws Exception {
    IJ.createImage("colours", "RGB white", 64, 64, 1).show();
    IJ.doCommand("Density map...");
    DRIVING.until("the message", () -> dialogTitled("DEFCoN") != null);
    screenshot("message.png");
    notes.setProperty("message", "shown");
    dialogTitled("DEFCoN").dispose();
  }

  private static Window dialogTitled(String title) {
    for (Window window : Window.getWindows())
      if (window.isShowing() && window instanceof Dialog && ((Dialog) window).getTitle().equals(title)) return window;
    return null;
  }

  private static void arrange(ImagePlus source, ImagePlus density, Frame recorder) {
    source.getWindow().setLocation(10, 110);
    density.getWindow().setLocation(320, 110);
    recorder.setLocation(10, 400);
    recorder.setSize(1000, 110);
    Frame results = WindowManager.getFrame("Results");
    results.setLocation(630, 110);
    results.setSize(380, 270);
    IJ.wait(800);
  }

  private static Window find(Class<? extends Window> kind) {
    for (Window window : Window.getWindows()) if (kind.isInstance(window) && window.isShowing()) return window;
    return null;
  }

  private BufferedImage screenshot(String name) throws Exception {
    BufferedImage screen = robot.createScreenCapture(new Rectangle(Toolkit.getDefaultToolkit().getScreenSize()));
    ImageIO.write(screen, "png", new File(out.toFile(), name));
    return screen;
  }

  /** The number of an image's colours that appear on the screen. */
  private static int colours(BufferedImage screen, ImagePlus image) {
    Set<Integer> own = new HashSet<>();
    for (int value = 0; value < 256; value++) own.add(image.getLuts()[0].getRGB(value) & 0xFFFFFF);
    Set<Integer> seen = new HashSet<>();
    for (int y = 0; y < screen.getHeight(); y++)
      for (int x = 0; x < screen.getWidth(); x++) seen.add(screen.getRGB(x, y) & 0xFFFFFF);
    seen.retainAll(own);
    return seen.size();
  }
}

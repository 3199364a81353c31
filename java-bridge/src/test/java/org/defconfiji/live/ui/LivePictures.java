package org.defconfiji.live.ui;

import ij.IJ;
import ij.ImageJ;
import ij.ImagePlus;
import ij.WindowManager;
import ij.gui.OvalRoi;
import ij.measure.Calibration;
import ij.plugin.frame.RoiManager;
import ij.process.ColorProcessor;
import ij.process.ShortProcessor;
import java.awt.Dialog;
import java.awt.EventQueue;
import java.awt.KeyboardFocusManager;
import java.awt.Rectangle;
import java.awt.Robot;
import java.awt.Toolkit;
import java.awt.Window;
import java.awt.event.KeyEvent;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.function.BooleanSupplier;
import javax.imageio.ImageIO;
import javax.swing.JRootPane;
import javax.swing.UIManager;
import javax.swing.plaf.FontUIResource;
import org.defconfiji.live.Camera;
import org.defconfiji.live.ThresholdState;

/**
 * Takes pictures of live count for the documentation. Arguments: their folder, a font size.
 *
 * <p>The program really runs. Its buttons are pressed by their keys.
 */
public final class LivePictures {
  private static final int SIDE = 256;

  private final Path out;
  private final Robot robot;
  private final ImagePlus image = new ImagePlus("camera", new ShortProcessor(SIDE, SIDE));
  private final Camera camera = new Camera(SIDE, SIDE, 40, 7);
  private volatile boolean stopped;
  private volatile boolean held;

  private LivePictures(Path out) throws Exception {
    this.out = Files.createDirectories(out);
    this.robot = new Robot();
  }

  public static void main(String[] arguments) {
    int code = 0;
    try {
      int size = Integer.parseInt(arguments[1]);
      for (Object key : UIManager.getLookAndFeelDefaults().keySet().toArray())
        if (key.toString().endsWith(".font")) UIManager.put(key, new FontUIResource("Dialog", 0, size));
      new ImageJ(ImageJ.STANDALONE);
      new LivePictures(Paths.get(arguments[0])).take();
    } catch (Throwable trouble) {
      trouble.printStackTrace(System.out);
      code = 1;
    }
    System.out.flush();
    Runtime.getRuntime().halt(code);
  }

  private void take() throws Exception {
    IJ.getInstance().setLocation(10, 10);
    camera.expose((short[]) image.getProcessor().getPixels(), 0);
    image.setDisplayRange(150, 1100);
    image.show();
    image.getWindow().setLocation(10, 130);
    image.setRoi(30, 30, 90, 80);
    RoiManager manager = new RoiManager();
    OvalRoi cell = new OvalRoi(140, 120, 80, 90);
    manager.addRoi(cell);
    manager.rename(0, "cell 1");
    manager.setVisible(false);
    WindowManager.setCurrentWindow(image.getWindow());
    IJ.run("Live count...", "points=200 high=55 hysteresis=4 folder=[live counts]");
    Thread film = new Thread(this::film, "camera");
    film.setDaemon(true);
    film.start();
    LiveWindow live = LiveWindow.find();
    live.setLocation(Math.min(560, Toolkit.getDefaultToolkit().getScreenSize().width - live.getWidth()), 10);
    until(() -> live.session().latest() != null && live.session().latest().rois().size() == 2);
    press(live, KeyEvent.VK_D, () -> WindowManager.getImage(DensityWindow.TITLE) != null);
    press(live, KeyEvent.VK_O, () -> image.getOverlay() != null);
    WindowManager.getImage(DensityWindow.TITLE).getWindow().setLocation(285, 130);
    until(() -> live.session().history().size() == 200);
    until(() -> live.session().latest().state() == ThresholdState.HIGH);
    held = true;
    IJ.wait(1_000);
    shoot("live-count.png", live.getBounds());
    shoot("live-count-screen.png", live.getBounds().union(new Rectangle(0, 0, 1, 1)));
    press(live, KeyEvent.VK_S, () -> settings() != null);
    settings().setLocation(60, 420);
    IJ.wait(1_000);
    shoot("live-count-settings.png", settings().getBounds());
    settings().dispose();
    Calibration coarse = image.getCalibration();
    coarse.pixelWidth = coarse.pixelHeight = 0.5;
    coarse.setUnit("um");
    held = false;
    until(() -> live.session().latest().unlike().startsWith("pixels of 500 nm"));
    held = true;
    IJ.wait(1_000);
    shoot("live-count-unlike.png", live.getBounds());
    stopped = true;
    press(live, KeyEvent.VK_D, () -> WindowManager.getImage(DensityWindow.TITLE) == null);
    press(live, KeyEvent.VK_O, () -> image.getOverlay() == null);
    new ImagePlus("colours", new ColorProcessor(SIDE, SIDE)).show();
    IJ.wait(1_500);
    shoot("live-count-colour.png", live.getBounds());
    IJ.run("Live count...", "stop");
  }

  private void film() {
    for (long number = 1; !stopped; number++) {
      if (held) number--;
      else camera.expose((short[]) image.getProcessor().getPixels(), number);
      image.updateAndDraw();
      IJ.wait(25);
    }
  }

  /**
   * Sends a key to the window itself. Without a window manager the focus may come late or not at
   * all.
   */
  private static void press(LiveWindow live, int key, BooleanSupplier happened) throws Exception {
    JRootPane root = live.getRootPane();
    KeyEvent event =
        new KeyEvent(root, KeyEvent.KEY_PRESSED, System.currentTimeMillis(), 0, key, (char) Character.toLowerCase(key));
    EventQueue.invokeAndWait(() -> KeyboardFocusManager.getCurrentKeyboardFocusManager().redispatchEvent(root, event));
    until(happened);
  }

  private static Window settings() {
    for (Window window : Window.getWindows())
      if (window.isShowing() && window instanceof Dialog && ((Dialog) window).getTitle().equals(LiveSettingsDialog.TITLE))
        return window;
    return null;
  }

  private void shoot(String name, Rectangle area) throws Exception {
    robot.waitForIdle();
    File file = out.resolve(name).toFile();
    ImageIO.write(robot.createScreenCapture(area), "png", file);
    System.out.println(file);
  }

  private static void until(BooleanSupplier happened) {
    for (int i = 0; i < 4_000 && !happened.getAsBoolean(); i++) IJ.wait(20);
    if (!happened.getAsBoolean()) throw new AssertionError("waited in vain");
  }
}

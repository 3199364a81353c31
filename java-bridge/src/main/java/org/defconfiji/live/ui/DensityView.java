package org.defconfiji.live.ui;

import ij.ImagePlus;
import ij.WindowManager;
import ij.gui.ImageRoi;
import ij.gui.ImageWindow;
import ij.gui.Overlay;
import ij.gui.Roi;
import ij.measure.Calibration;
import ij.process.FloatProcessor;
import java.awt.EventQueue;
import java.awt.image.BufferedImage;
import java.io.Closeable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.defconfiji.command.ui.CertaintyText;
import org.defconfiji.command.ui.DensityImage;
import org.defconfiji.live.count.FrameCount;

/**
 * The density map of the live image, as a second window or laid over the image. Colours are computed on a thread of its
 * own, 25 times a second at most; the event thread only shows them.
 */
final class DensityView implements Closeable {
  static final String TITLE = "Live density";

  private static final String OVERLAY_NAME = "DEFCoN live density";
  /** What ImageJ shows above an image. */
  private static final String LABEL = "Slice_Label";
  private static final long FRAME_MS = 40;
  /** Of large maps fewer are shown, so that this thread is idle most of the time. */
  private static final long IDLE_SHARE = 4;

  /** What is seen live. */
  interface Live {
    /** The newest count, or null. */
    FrameCount latest();

    /** The image that is followed, or null. */
    ImagePlus image();
  }

  private final Live live;
  private final DensityColours colours = new DensityColours();
  private final AtomicBoolean showing = new AtomicBoolean();
  private final Thread thread = new Thread(this::run, "DEFCoN live density");
  private volatile boolean windowWanted;
  private volatile boolean overlayWanted;
  private volatile boolean closed;
  private volatile ImagePlus window;
  /** The image that has the overlay; the event thread's alone. */
  private ImagePlus covered;

  DensityView(Live live) {
    this.live = live;
    thread.setDaemon(true);
    thread.start();
  }

  /** Whether an image is this view's own. */
  boolean owns(ImagePlus image) {
    return image == window;
  }

  boolean wanted() {
    return windowWanted || overlayWanted;
  }

  /** On the event thread: a window that the user has closed is not wanted any more. */
  boolean windowWanted() {
    ImagePlus shown = window;
    if (shown != null && shown.getWindow() == null) wantWindow(false);
    return windowWanted;
  }

  boolean overlayWanted() {
    return overlayWanted;
  }

  /** On the event thread. */
  void wantWindow(boolean wanted) {
    windowWanted = wanted;
    if (wanted) return;
    ImagePlus before = window;
    window = null;
    if (before == null) return;
    before.changes = false;
    before.close();
  }

  /** On the event thread. */
  void wantOverlay(boolean wanted) {
    overlayWanted = wanted;
    if (!wanted) uncover();
  }

  /** On the event thread. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    wantWindow(false);
    wantOverlay(false);
  }

  private void run() {
    FrameCount shown = null;
    boolean shownInWindow = false;
    boolean shownAsOverlay = false;
    while (!closed) {
      long start = System.nanoTime();
      FrameCount count = live.latest();
      boolean inWindow = windowWanted;
      boolean asOverlay = overlayWanted;
      boolean news = count != shown || inWindow != shownInWindow || asOverlay != shownAsOverlay;
      if (news && count != null && count.density().length > 0 && showing.compareAndSet(false, true)) {
        show(count, inWindow, asOverlay);
        shown = count;
        shownInWindow = inWindow;
        shownAsOverlay = asOverlay;
      }
      long spentMs = (System.nanoTime() - start) / 1_000_000;
      try {
        Thread.sleep(Math.max(FRAME_MS, spentMs * IDLE_SHARE));
      } catch (InterruptedException over) {
        return;
      }
    }
  }

  private void show(FrameCount count, boolean inWindow, boolean asOverlay) {
    BufferedImage picture = asOverlay ? colours.picture(count.density(), count.width(), count.height()) : null;
    FloatProcessor map = inWindow ? map(count) : null;
    String label = CertaintyText.of(count.count(), count.certainty());
    EventQueue.invokeLater(() -> {
      try {
        if (map != null && windowWanted) showWindow(map, label);
        if (picture != null && overlayWanted) cover(picture);
      } finally {
        showing.set(false);
      }
    });
  }

  private FloatProcessor map(FrameCount count) {
    FloatProcessor map = new FloatProcessor(count.width(), count.height(), count.density().clone());
    map.setColorModel(DensityImage.viridis().getColorModel());
    map.setMinAndMax(0, colours.top(count.density()));
    return map;
  }

  private void showWindow(FloatProcessor map, String label) {
    ImagePlus image = window;
    if (image == null) {
      open(map, label);
      return;
    }
    ImageWindow shown = image.getWindow();
    if (shown == null) return;
    label(image, label);
    image.setProcessor(map);
    // The line above the map alone.
    shown.repaint(0, 0, shown.getWidth(), shown.getInsets().top);
  }

  private void open(FloatProcessor map, String label) {
    ImagePlus image = new ImagePlus(TITLE, map);
    label(image, label);
    ImagePlus source = live.image();
    if (source != null) {
      Calibration calibration = source.getCalibration().copy();
      calibration.disableDensityCalibration();
      image.setCalibration(calibration);
    }
    window = image;
    image.show();
    // Commands are for the image that is counted, as before.
    if (source != null && source.getWindow() != null) WindowManager.setCurrentWindow(source.getWindow());
  }

  private static void label(ImagePlus image, String text) {
    try {
      image.setProp(LABEL, text);
    } catch (NoSuchMethodError olderImageJ) {
      // It shows none: the window of the live count has it too.
    }
  }

  private void cover(BufferedImage picture) {
    ImagePlus image = live.image();
    if (image == null || image.getWidth() != picture.getWidth() || image.getHeight() != picture.getHeight()) {
      uncover();
      return;
    }
    if (image != covered) uncover();
    Overlay overlay = image.getOverlay() == null ? new Overlay() : image.getOverlay();
    removeOurs(overlay);
    ImageRoi roi = new ImageRoi(0, 0, picture);
    roi.setName(OVERLAY_NAME);
    overlay.add(roi);
    image.setOverlay(overlay);
    covered = image;
  }

  private void uncover() {
    if (covered == null) return;
    Overlay overlay = covered.getOverlay();
    if (overlay != null) {
      removeOurs(overlay);
      covered.setOverlay(overlay.size() == 0 ? null : overlay);
    }
    covered = null;
  }

  private static void removeOurs(Overlay overlay) {
    for (int i = overlay.size() - 1; i >= 0; i--) {
      Roi roi = overlay.get(i);
      if (OVERLAY_NAME.equals(roi.getName())) overlay.remove(i);
    }
  }
}

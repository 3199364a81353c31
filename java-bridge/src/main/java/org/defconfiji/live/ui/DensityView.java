package org.defconfiji.live.ui;

import ij.ImagePlus;
import ij.process.FloatProcessor;
import java.awt.EventQueue;
import java.awt.image.BufferedImage;
import java.io.Closeable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.defconfiji.command.ui.CertaintyText;
import org.defconfiji.live.count.FrameCount;
import org.defconfiji.ui.Viridis;

/**
 * Shows the density map of the live image in its own window or as an overlay, 25 times a second.
 *
 * <p>A thread of this class computes the colours. The event thread only shows them.
 */
final class DensityView implements Closeable {
  private static final long FRAME_MS = 40;
  /**
   * Pauses are this many times as long as the work, so that large maps do not keep the thread busy.
   */
  private static final long IDLE_SHARE = 4;

  /** The live count that is shown. */
  interface Live {
    /** The newest count, or null. */
    FrameCount latest();

    /** The image that is followed, or null. */
    ImagePlus image();
  }

  private final Live live;
  private final DensityWindow window = new DensityWindow();
  private final DensityOverlay overlay = new DensityOverlay();
  private final DensityColours colours = new DensityColours();
  private final AtomicBoolean showing = new AtomicBoolean();
  private final Thread thread = new Thread(this::run, "DEFCoN live density");
  private volatile boolean windowWanted;
  private volatile boolean overlayWanted;
  private volatile boolean closed;

  DensityView(Live live) {
    this.live = live;
    thread.setDaemon(true);
    thread.start();
  }

  /** Whether an image is the one that shows the map. May be called on any thread. */
  boolean owns(ImagePlus image) {
    return window.owns(image);
  }

  boolean wanted() {
    return windowWanted || overlayWanted;
  }

  /**
   * Whether the window is wanted. A user who closes it no longer wants it. Runs on the event
   * thread.
   */
  boolean windowWanted() {
    if (window.closedByUser()) wantWindow(false);
    return windowWanted;
  }

  boolean overlayWanted() {
    return overlayWanted;
  }

  /** Shows or closes the window. Runs on the event thread. */
  void wantWindow(boolean wanted) {
    windowWanted = wanted;
    if (!wanted) window.close();
  }

  /** Shows or removes the overlay. Runs on the event thread. */
  void wantOverlay(boolean wanted) {
    overlayWanted = wanted;
    if (!wanted) overlay.uncover();
  }

  /** Removes the window and the overlay and ends the thread. Runs on the event thread. */
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
        if (map != null && windowWanted) window.show(map, label, live.image());
        if (picture != null && overlayWanted) overlay.cover(live.image(), picture);
      } finally {
        showing.set(false);
      }
    });
  }

  private FloatProcessor map(FrameCount count) {
    FloatProcessor map = new FloatProcessor(count.width(), count.height(), count.density().clone());
    map.setColorModel(Viridis.lut().getColorModel());
    map.setMinAndMax(0, colours.top(count.density()));
    return map;
  }
}

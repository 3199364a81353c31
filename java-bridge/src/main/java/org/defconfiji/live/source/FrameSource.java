package org.defconfiji.live.source;

import ij.ImageListener;
import ij.ImagePlus;
import ij.WindowManager;
import ij.gui.HistogramWindow;
import ij.gui.ImageWindow;
import ij.gui.PlotWindow;
import java.io.Closeable;
import java.util.function.Predicate;

/**
 * Follows the active image and hands its new frames to a sink.
 *
 * <p>ImageJ reports most updates on the event thread. A thread of this class also looks at the
 * pixels, because some programs change them without a report.
 */
public final class FrameSource implements ImageListener, Closeable {
  public static final LiveStatus NO_IMAGE =
      LiveStatus.fine("Open an image, or start the camera's preview: live count follows the active image.");

  private static final long LOOK_MS = 10;
  /** After a report the thread does not look for this long: it could read half-written pixels. */
  private static final long TOLD_NANOS = 200_000_000L;
  /** Looking at a large image may use one part in this many of a processor. */
  private static final long PROCESSOR_SHARE = 20;

  private final FrameSink sink;
  private final Predicate<ImagePlus> own;
  private final FramePool pool = new FramePool();
  private final Thread thread = new Thread(this::watch, "DEFCoN live source");
  private volatile FollowedImage followed;
  private volatile long toldNanos = System.nanoTime() - TOLD_NANOS;
  private volatile boolean closed;

  /** @param own tells which images show this plugin's results and must not be followed */
  public FrameSource(FrameSink sink, Predicate<ImagePlus> own) {
    this.sink = sink;
    this.own = own;
    thread.setDaemon(true);
  }

  /** Starts to follow the active image. */
  public void start() {
    ImagePlus.addImageListener(this);
    thread.start();
  }

  /** The image that is followed, or null. */
  public ImagePlus image() {
    FollowedImage now = followed;
    return now == null ? null : now.image();
  }

  @Override
  public void close() {
    closed = true;
    ImagePlus.removeImageListener(this);
    thread.interrupt();
    followed = null;
  }

  @Override
  public void imageOpened(ImagePlus image) {}

  @Override
  public void imageClosed(ImagePlus image) {}

  @Override
  public void imageUpdated(ImagePlus image) {
    FollowedImage now = followed;
    if (closed || now == null || now.image() != image) return;
    toldNanos = System.nanoTime();
    now.look(false);
  }

  private void watch() {
    while (!closed) {
      long start = System.nanoTime();
      follow(WindowManager.getCurrentImage());
      FollowedImage now = followed;
      boolean silent = start - toldNanos > TOLD_NANOS;
      if (now != null && (silent || now.wantsAnotherLook())) now.look(true);
      long spentMs = (System.nanoTime() - start) / 1_000_000;
      try {
        Thread.sleep(Math.max(LOOK_MS, spentMs * PROCESSOR_SHARE));
      } catch (InterruptedException over) {
        return;
      }
    }
  }

  private void follow(ImagePlus current) {
    FollowedImage now = followed;
    if (now != null && current == now.image()) return;
    boolean gone = now != null && !now.image().isVisible();
    if (current == null || !countable(current)) {
      if (now == null || gone) {
        followed = null;
        sink.nothing(NO_IMAGE);
      }
      return;
    }
    toldNanos = System.nanoTime() - 2 * TOLD_NANOS;
    followed = new FollowedImage(current, pool, sink);
  }

  private boolean countable(ImagePlus image) {
    ImageWindow window = image.getWindow();
    return !own.test(image) && !(window instanceof PlotWindow) && !(window instanceof HistogramWindow);
  }
}

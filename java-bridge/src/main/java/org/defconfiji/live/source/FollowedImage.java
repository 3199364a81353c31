package org.defconfiji.live.source;

import ij.ImagePlus;
import ij.ImageStack;
import ij.process.ImageProcessor;
import java.lang.reflect.Array;
import java.util.concurrent.locks.ReentrantLock;
import org.defconfiji.command.count.Frames;
import org.defconfiji.predict.ImageBitDepthException;
import org.defconfiji.predict.PixelSize;

/**
 * Finds new frames in one image.
 *
 * <p>A frame is new if its slice or its pixels differ from the last ones, so a change of contrast
 * is not a new frame. A slice that is appended is new, whichever slice is shown.
 */
final class FollowedImage {
  /**
   * The image's processor is fetched at most this often, because fetching it resets its selection.
   */
  private static final long PROCESSOR_NANOS = 250_000_000L;

  private final ImagePlus image;
  private final FramePool pool;
  private final FrameSink sink;
  private final ReentrantLock looking = new ReentrantLock();
  private volatile boolean again;
  private ImageProcessor processor;
  private long processorNanos;
  private int size;
  private LiveFrame shown;
  private LiveFrame appended;

  FollowedImage(ImagePlus image, FramePool pool, FrameSink sink) {
    this.image = image;
    this.pool = pool;
    this.sink = sink;
    this.size = image.getStackSize();
  }

  ImagePlus image() {
    return image;
  }

  /**
   * Whether a look is still due: another thread was looking, or the slice had to be read from disk.
   */
  boolean wantsAnotherLook() {
    return again;
  }

  /**
   * Looks once and hands a new frame to the sink. Never waits for another thread that looks.
   *
   * @param mayRead whether slices may be read from disk; false on the event thread
   */
  void look(boolean mayRead) {
    if (!looking.tryLock()) {
      again = true;
      return;
    }
    try {
      again = false;
      lookAtType();
      if (!lookAtEnd(mayRead)) lookAtSlice(!mayRead);
    } catch (ImageBitDepthException colour) {
      // Forgets the frames, so that the first grey frame after this counts as new.
      shown = replace(shown, null);
      appended = replace(appended, null);
      sink.nothing(LiveStatus.trouble(colour.getMessage()));
    } catch (IndexOutOfBoundsException | IllegalArgumentException shrunk) {
      // Another thread has just removed slices. The next look finds the others.
      again = true;
    } finally {
      looking.unlock();
    }
  }

  private void lookAtType() throws ImageBitDepthException {
    int type = image.getType();
    if (type == ImagePlus.COLOR_RGB || type == ImagePlus.COLOR_256) Frames.refuseColour(image);
  }

  /**
   * Looks for appended slices.
   *
   * @return whether there was one
   */
  private boolean lookAtEnd(boolean mayRead) {
    int now = image.getStackSize();
    if (now <= size) {
      size = now;
      return false;
    }
    ImageStack stack = image.getStack();
    if (stack.isVirtual() && !mayRead) {
      again = true;
      return false;
    }
    Object pixels = stack.isVirtual() ? stack.getProcessor(now).getPixels() : stack.getPixels(now);
    if (pixels == null) return false;
    if (now > size + 1) sink.missed(now - size - 1);
    size = now;
    if (known(appended, now, pixels) || known(shown, now, pixels)) return true;
    appended = replace(appended, frame(pixels, now));
    return true;
  }

  private void lookAtSlice(boolean told) {
    int slice = image.getCurrentSlice();
    ImageStack stack = image.getStackSize() > 1 ? image.getStack() : null;
    Object pixels =
        stack == null || stack.isVirtual() ? processorPixels(told) : stack.getPixels(slice);
    if (pixels == null || Array.getLength(pixels) != image.getWidth() * image.getHeight()) return;
    if (known(shown, slice, pixels)) return;
    if (known(appended, slice, pixels)) shown = replace(shown, appended.retain());
    else shown = replace(shown, frame(pixels, slice));
  }

  private Object processorPixels(boolean told) {
    long now = System.nanoTime();
    boolean stale = processor == null || told || now - processorNanos > PROCESSOR_NANOS;
    if (stale && (processor == null || !image.isLocked())) {
      processor = image.getProcessor();
      processorNanos = now;
    }
    return processor == null ? null : processor.getPixels();
  }

  private static boolean known(LiveFrame frame, int slice, Object pixels) {
    return frame != null && frame.slice() == slice && frame.holds(pixels);
  }

  private LiveFrame frame(Object pixels, int slice) {
    double pixelSize = PixelSize.of(image.getCalibration());
    LiveFrame frame =
        new LiveFrame(pool, pixels, image.getWidth(), image.getHeight(), image.getTitle(), slice, pixelSize);
    sink.offer(frame.retain());
    return frame;
  }

  private static LiveFrame replace(LiveFrame before, LiveFrame now) {
    if (before != null) before.release();
    return now;
  }
}

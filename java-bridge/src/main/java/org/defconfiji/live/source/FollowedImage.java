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
 * An image whose new frames are wanted. A frame is new when its slice or its pixels differ from those seen last, so
 * that a change of contrast is none; a slice that is appended is one, whichever slice is shown.
 */
final class FollowedImage {
  /** How old the image's processor may be; asking for it resets its selection, which another plugin may have set. */
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

  /** Whether somebody came to look while another one did, or to a stack that only a thread that may wait can read. */
  boolean wantsAnotherLook() {
    return again;
  }

  /**
   * Hands a new frame to the sink, if there is one. Never waits for another thread that looks.
   *
   * @param mayRead whether slices may be read from disk: not on a thread that tells of updates
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
      // When it is grey again its frame counts anew.
      shown = replace(shown, null);
      appended = replace(appended, null);
      sink.nothing(LiveStatus.trouble(colour.getMessage()));
    } catch (IndexOutOfBoundsException | IllegalArgumentException shrunk) {
      // Another thread took slices out at this moment; the next look finds what is left.
      again = true;
    } finally {
      looking.unlock();
    }
  }

  private void lookAtType() throws ImageBitDepthException {
    int type = image.getType();
    if (type == ImagePlus.COLOR_RGB || type == ImagePlus.COLOR_256) Frames.refuseColour(image);
  }

  /** Looks for slices that were appended. @return whether there was a new one */
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

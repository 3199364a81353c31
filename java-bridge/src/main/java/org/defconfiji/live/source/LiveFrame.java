package org.defconfiji.live.source;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.defconfiji.predict.Pixels;
import org.defconfiji.wire.PixelFormat;

/** A copy of the pixels of an image at one moment. Whoever keeps it retains it, and releases it when done. */
public final class LiveFrame {
  private final FramePool pool;
  private final Object pixels;
  private final int width;
  private final int height;
  private final String image;
  private final int slice;
  private final double pixelSize;
  private final long nanos = System.nanoTime();
  private final long millis = System.currentTimeMillis();
  private final AtomicInteger holders = new AtomicInteger(1);

  /**
   * Copies the pixels; the caller holds the frame.
   *
   * @param pixels a byte[], short[] or float[] of width x height
   * @param image the image's title
   * @param slice from 1
   * @param pixelSize side of a pixel, nm; 0: unknown
   */
  LiveFrame(FramePool pool, Object pixels, int width, int height, String image, int slice, double pixelSize) {
    this.pool = pool;
    this.pixels = pool.copy(pixels);
    this.width = width;
    this.height = height;
    this.image = image;
    this.slice = slice;
    this.pixelSize = pixelSize;
  }

  public int width() {
    return width;
  }

  public int height() {
    return height;
  }

  public String image() {
    return image;
  }

  public int slice() {
    return slice;
  }

  /** Side of a pixel, nm; 0: unknown. */
  public double pixelSize() {
    return pixelSize;
  }

  /** When the copy was made, by {@link System#nanoTime()}. */
  public long nanos() {
    return nanos;
  }

  /** When the copy was made, ms since 1970. */
  public long millis() {
    return millis;
  }

  public PixelFormat format() {
    if (pixels instanceof byte[]) return PixelFormat.UINT8;
    return pixels instanceof short[] ? PixelFormat.UINT16 : PixelFormat.FLOAT32;
  }

  /** The pixels as the wire carries them. @param scratch used where a copy is needed and it is long enough */
  public byte[] wire(byte[] scratch) {
    if (pixels instanceof byte[]) return (byte[]) pixels;
    int length = width * height * format().bytes();
    byte[] bytes = scratch.length == length ? scratch : new byte[length];
    Pixels.copy(pixels, bytes);
    return bytes;
  }

  /** Whether an array holds the same values. */
  boolean holds(Object others) {
    if (pixels.getClass() != others.getClass()) return false;
    if (pixels instanceof byte[]) return Arrays.equals((byte[]) pixels, (byte[]) others);
    if (pixels instanceof short[]) return Arrays.equals((short[]) pixels, (short[]) others);
    return Arrays.equals((float[]) pixels, (float[]) others);
  }

  LiveFrame retain() {
    holders.incrementAndGet();
    return this;
  }

  public void release() {
    if (holders.decrementAndGet() == 0) pool.give(pixels);
  }
}

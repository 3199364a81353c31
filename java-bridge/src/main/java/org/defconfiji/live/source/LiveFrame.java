package org.defconfiji.live.source;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.defconfiji.predict.Pixels;
import org.defconfiji.wire.PixelFormat;

/** A copy of an image's pixels at one moment. Whoever keeps it must retain and later release it. */
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
   * Copies the pixels. The caller holds the frame.
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

  /** The time of the copy, by {@link System#nanoTime()}. */
  public long nanos() {
    return nanos;
  }

  /** The time of the copy, ms since 1970. */
  public long millis() {
    return millis;
  }

  /** The pixel type. */
  public PixelFormat format() {
    if (pixels instanceof byte[]) return PixelFormat.UINT8;
    return pixels instanceof short[] ? PixelFormat.UINT16 : PixelFormat.FLOAT32;
  }

  /**
   * The pixels as the protocol carries them.
   *
   * @param scratch reused if its length fits
   */
  public byte[] wire(byte[] scratch) {
    if (pixels instanceof byte[]) return (byte[]) pixels;
    int length = width * height * format().bytes();
    byte[] bytes = scratch.length == length ? scratch : new byte[length];
    Pixels.copy(pixels, bytes);
    return bytes;
  }

  /** Whether an array has the same type and values. */
  boolean holds(Object others) {
    if (pixels.getClass() != others.getClass()) return false;
    if (pixels instanceof byte[]) return Arrays.equals((byte[]) pixels, (byte[]) others);
    if (pixels instanceof short[]) return Arrays.equals((short[]) pixels, (short[]) others);
    return Arrays.equals((float[]) pixels, (float[]) others);
  }

  /** Holds the frame once more. */
  LiveFrame retain() {
    holders.incrementAndGet();
    return this;
  }

  /** Releases the frame. The pixels are reused when nobody holds it any more. */
  public void release() {
    if (holders.decrementAndGet() == 0) pool.give(pixels);
  }
}

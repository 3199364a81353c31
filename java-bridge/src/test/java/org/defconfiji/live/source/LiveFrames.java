package org.defconfiji.live.source;

/** Makes live frames for tests without an image. */
public final class LiveFrames {
  private static final FramePool POOL = new FramePool();

  private LiveFrames() {}

  /**
   * A copy of the pixels as a live frame.
   *
   * @param pixels a byte[], short[] or float[] of width x height
   * @param image the image's title
   * @param slice from 1
   * @param pixelSize side of a pixel, nm; 0: unknown
   */
  public static LiveFrame of(Object pixels, int width, int height, String image, int slice, double pixelSize) {
    return new LiveFrame(POOL, pixels, width, height, image, slice, pixelSize);
  }
}

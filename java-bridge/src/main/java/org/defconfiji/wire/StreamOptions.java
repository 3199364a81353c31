package org.defconfiji.wire;

import org.defconfiji.protocol.OpenStream;

/** The format of a stream's frames, the model that counts them and the wanted results. */
public final class StreamOptions {
  /** Width and height of the frames of a trial, pixels. No frame is sent. */
  private static final int TRIAL_SIDE = 32;

  private final PixelFormat pixels;
  private final OpenStream asked;

  /**
   * @param model a model's name, a path on the daemon's machine, or an empty string for the default
   * @param width of a frame, pixels
   * @param height of a frame, pixels
   * @param density whether results contain the density map
   * @param maxLocalCount whether results contain the max local count
   */
  public StreamOptions(
      String model, int width, int height, PixelFormat pixels, boolean density, boolean maxLocalCount) {
    this(
        pixels,
        OpenStream.newBuilder()
            .setModel(model)
            .setWidth(width)
            .setHeight(height)
            .setPixelType(pixels.wire())
            .setSendDensity(density)
            .setSendMaxLocalCount(maxLocalCount));
  }

  /**
   * Options for a stream that only checks whether a model exists and what it is called.
   *
   * @param model a model's name, a path on the daemon's machine, or an empty string for the default
   */
  public static StreamOptions trial(String model) {
    return new StreamOptions(model, TRIAL_SIDE, TRIAL_SIDE, PixelFormat.UINT8, false, false);
  }

  private StreamOptions(PixelFormat pixels, OpenStream.Builder asked) {
    this.pixels = pixels;
    this.asked = asked.build();
  }

  /** The same options for a fast source: a newer frame replaces one that waits in the daemon. */
  public StreamOptions onlyLatest() {
    return new StreamOptions(pixels, asked.toBuilder().setLatestOnly(true));
  }

  /**
   * The same options with the size of a pixel, which the daemon compares with the model's training.
   *
   * @param side side of a pixel, nm; 0: unknown
   */
  public StreamOptions ofPixelSize(double side) {
    return new StreamOptions(pixels, asked.toBuilder().setPixelSize(side));
  }

  /**
   * The same options for frames with the ids of a camera, which numbers them one by one.
   *
   * <p>Ids that never come are then counted as skipped frames.
   */
  public StreamOptions ofConsecutiveIds() {
    return new StreamOptions(pixels, asked.toBuilder().setConsecutiveIds(true));
  }

  /**
   * The same options for frames that do not follow one another in a recording. Then the daemon
   * judges of each frame by itself how far its counts are to be trusted, which takes longer.
   */
  public StreamOptions ofUnrelatedFrames() {
    return new StreamOptions(pixels, asked.toBuilder().setUnrelated(true));
  }

  boolean latestOnly() {
    return asked.getLatestOnly();
  }

  int width() {
    return asked.getWidth();
  }

  int height() {
    return asked.getHeight();
  }

  boolean density() {
    return asked.getSendDensity();
  }

  /** The size of one frame in bytes. */
  long frameBytes() {
    return (long) width() * height() * pixels.bytes();
  }

  OpenStream.Builder message(int stream) {
    return asked.toBuilder().setStream(stream);
  }
}

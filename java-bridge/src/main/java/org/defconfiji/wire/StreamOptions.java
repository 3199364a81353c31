package org.defconfiji.wire;

import org.defconfiji.protocol.OpenStream;

/** The format of a stream's frames, the model that counts them and the wanted results. */
public final class StreamOptions {
  /** Width and height of the frames of a trial, pixels. No frame is sent. */
  private static final int TRIAL_SIDE = 32;

  private final String model;
  private final int width;
  private final int height;
  private final PixelFormat pixels;
  private final boolean density;
  private final boolean maxLocalCount;
  private final boolean latestOnly;
  private final double pixelSize;
  private final boolean consecutiveIds;

  /**
   * @param model a model's name, a path on the daemon's machine, or an empty string for the default
   * @param width of a frame, pixels
   * @param height of a frame, pixels
   * @param density whether results contain the density map
   * @param maxLocalCount whether results contain the max local count
   */
  public StreamOptions(
      String model, int width, int height, PixelFormat pixels, boolean density, boolean maxLocalCount) {
    this(model, width, height, pixels, density, maxLocalCount, false, 0, false);
  }

  /**
   * Options for a stream that only checks whether a model exists and what it is called.
   *
   * @param model a model's name, a path on the daemon's machine, or an empty string for the default
   */
  public static StreamOptions trial(String model) {
    return new StreamOptions(model, TRIAL_SIDE, TRIAL_SIDE, PixelFormat.UINT8, false, false);
  }

  private StreamOptions(
      String model,
      int width,
      int height,
      PixelFormat pixels,
      boolean density,
      boolean maxLocalCount,
      boolean latestOnly,
      double pixelSize,
      boolean consecutiveIds) {
    this.model = model;
    this.width = width;
    this.height = height;
    this.pixels = pixels;
    this.density = density;
    this.maxLocalCount = maxLocalCount;
    this.latestOnly = latestOnly;
    this.pixelSize = pixelSize;
    this.consecutiveIds = consecutiveIds;
  }

  /** The same options for a fast source: a newer frame replaces one that waits in the daemon. */
  public StreamOptions onlyLatest() {
    return new StreamOptions(
        model, width, height, pixels, density, maxLocalCount, true, pixelSize, consecutiveIds);
  }

  /**
   * The same options with the size of a pixel, which the daemon compares with the model's training.
   *
   * @param side side of a pixel, nm; 0: unknown
   */
  public StreamOptions ofPixelSize(double side) {
    return new StreamOptions(
        model, width, height, pixels, density, maxLocalCount, latestOnly, side, consecutiveIds);
  }

  /**
   * The same options for frames with the ids of a camera, which numbers them one by one.
   *
   * <p>Ids that never come are then counted as skipped frames.
   */
  public StreamOptions consecutiveIds() {
    return new StreamOptions(
        model, width, height, pixels, density, maxLocalCount, latestOnly, pixelSize, true);
  }

  boolean latestOnly() {
    return latestOnly;
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  boolean density() {
    return density;
  }

  /** The size of one frame in bytes. */
  long frameBytes() {
    return (long) width * height * pixels.bytes();
  }

  OpenStream message(int stream) {
    return OpenStream.newBuilder()
        .setStream(stream)
        .setModel(model)
        .setWidth(width)
        .setHeight(height)
        .setPixelType(pixels.wire())
        .setSendDensity(density)
        .setSendMaxLocalCount(maxLocalCount)
        .setLatestOnly(latestOnly)
        .setPixelSize(pixelSize)
        .setConsecutiveIds(consecutiveIds)
        .build();
  }
}

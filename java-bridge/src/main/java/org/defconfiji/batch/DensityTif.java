package org.defconfiji.batch;

import ij.ImageJ;
import ij.ImagePlus;
import ij.measure.Calibration;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.defconfiji.files.WholeFile;

/**
 * Writes a stack of density maps frame by frame, so that memory does not limit its length.
 *
 * <p>The format is TIFF 6.0 with big-endian 32-bit floating point values. The first directory has
 * ImageJ's description, and the frames lie one after the other. TIFF cannot address more than 4 GB.
 * A larger file has only the first directory, and ImageJ finds the other frames by their number.
 */
final class DensityTif implements Closeable {
  private static final int ENTRIES = 13;
  private static final int DIRECTORY_BYTES = 2 + 12 * ENTRIES + 4;
  private static final int HEADER_BYTES = 8;
  private static final int SHORT = 3;
  private static final int LONG = 4;
  private static final int ASCII = 2;
  private static final int RATIONAL = 5;
  /** The denominator of the resolutions, which TIFF stores as fractions. */
  private static final int RESOLUTION_SCALE = 1_000_000;
  private static final long MOST_ADDRESSES = 0xFFFFFFFFL;

  private final WholeFile file;
  private final int width;
  private final int height;
  private final int frames;
  private final byte[] description;
  private final Calibration calibration;
  private final long first;
  private int written;

  /** @param source the counted image, whose calibration and layout the maps get */
  DensityTif(Path path, ImagePlus source) throws IOException {
    this.width = source.getWidth();
    this.height = source.getHeight();
    this.frames = source.getStackSize();
    this.calibration = source.getCalibration();
    this.description = description(source).getBytes(StandardCharsets.ISO_8859_1);
    this.first = HEADER_BYTES + DIRECTORY_BYTES + 16 + description.length;
    this.file = WholeFile.create(path);
    file.write(header());
  }

  /**
   * Writes the next map.
   *
   * @param density width x height values, row by row
   */
  void add(float[] density) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(density.length, 4));
    bytes.asFloatBuffer().put(density);
    file.write(bytes);
    written++;
  }

  /** Writes the remaining directories and puts the file in its place. */
  void finish() throws IOException {
    if (written != frames) throw new IllegalStateException(written + " maps of " + frames);
    for (int frame = 1; hasAllDirectories() && frame < frames; frame++) {
      ByteBuffer bytes = ByteBuffer.allocate(DIRECTORY_BYTES);
      putDirectory(bytes, frame);
      bytes.flip();
      file.write(bytes);
    }
    file.commit();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private long frameBytes() {
    return 4L * width * height;
  }

  private long directoryOffset(int frame) {
    return frame == 0 ? HEADER_BYTES : first + frames * frameBytes() + (long) (frame - 1) * DIRECTORY_BYTES;
  }

  private boolean hasAllDirectories() {
    return directoryOffset(frames) <= MOST_ADDRESSES;
  }

  private ByteBuffer header() {
    ByteBuffer bytes = ByteBuffer.allocate((int) first);
    bytes.put((byte) 'M').put((byte) 'M').putShort((short) 42).putInt(HEADER_BYTES);
    putDirectory(bytes, 0);
    putResolution(bytes, calibration.pixelWidth);
    putResolution(bytes, calibration.pixelHeight);
    bytes.put(description);
    bytes.flip();
    return bytes;
  }

  private void putDirectory(ByteBuffer bytes, int frame) {
    int resolutions = HEADER_BYTES + DIRECTORY_BYTES;
    bytes.putShort((short) ENTRIES);
    putEntry(bytes, 254, LONG, 1, 0);
    putEntry(bytes, 256, LONG, 1, width);
    putEntry(bytes, 257, LONG, 1, height);
    putEntry(bytes, 258, SHORT, 1, 32 << 16);
    putEntry(bytes, 259, SHORT, 1, 1 << 16);
    putEntry(bytes, 262, SHORT, 1, 1 << 16);
    putEntry(bytes, 270, ASCII, description.length, resolutions + 16);
    putEntry(bytes, 273, LONG, 1, first + frame * frameBytes());
    putEntry(bytes, 278, LONG, 1, height);
    putEntry(bytes, 279, LONG, 1, frameBytes());
    putEntry(bytes, 282, RATIONAL, 1, resolutions);
    putEntry(bytes, 283, RATIONAL, 1, resolutions + 8);
    putEntry(bytes, 339, SHORT, 1, 3 << 16);
    boolean last = frame == frames - 1 || !hasAllDirectories();
    bytes.putInt(last ? 0 : (int) directoryOffset(frame + 1));
  }

  private static void putEntry(ByteBuffer bytes, int tag, int type, int count, long value) {
    bytes.putShort((short) tag).putShort((short) type).putInt(count).putInt((int) value);
  }

  private static void putResolution(ByteBuffer bytes, double pixelSize) {
    double perUnit = pixelSize > 0 ? 1 / pixelSize : 1;
    long scaled = Math.round(perUnit * RESOLUTION_SCALE);
    boolean fits = scaled > 0 && scaled <= MOST_ADDRESSES;
    bytes.putInt(fits ? (int) scaled : 1).putInt(fits ? RESOLUTION_SCALE : 1);
  }

  private static String description(ImagePlus source) {
    StringBuilder text = new StringBuilder("ImageJ=" + ImageJ.VERSION + "\n");
    int[] sizes = {source.getNChannels(), source.getNSlices(), source.getNFrames()};
    String[] names = {"channels", "slices", "frames"};
    int size = source.getStackSize();
    if (size > 1) text.append("images=").append(size).append('\n');
    for (int i = 0; i < sizes.length; i++)
      if (sizes[i] > 1 && sizes[0] * sizes[1] * sizes[2] == size)
        text.append(names[i]).append('=').append(sizes[i]).append('\n');
    if (source.isHyperStack()) text.append("hyperstack=true\n");
    Calibration calibration = source.getCalibration();
    text.append("unit=").append(calibration.getUnit().replace("\u00B5", "\\u00B5")).append('\n');
    if (calibration.frameInterval > 0) text.append("finterval=").append(calibration.frameInterval).append('\n');
    // The number of bytes must be even, so that the frames after the description are aligned.
    text.append(text.length() % 2 == 0 ? "\n\0" : "\0");
    return text.toString();
  }
}

package org.defconfiji.micromanager;

import java.nio.charset.StandardCharsets;
import org.defconfiji.predict.Pixels;
import org.defconfiji.wire.FrameIdentity;
import org.defconfiji.wire.PixelFormat;
import org.micromanager.data.Coords;
import org.micromanager.data.Image;

/** An image of Micro-Manager, which never changes, on its way to the daemon. */
final class CameraFrame {
  private final Image image;
  private final long number;

  /** @param number of the image among those of its processor, from 0 */
  CameraFrame(Image image, long number) {
    this.image = image;
    this.number = number;
  }

  int width() {
    return image.getWidth();
  }

  int height() {
    return image.getHeight();
  }

  long pixels() {
    return (long) width() * height();
  }

  /** Side of a pixel, nm; 0 if Micro-Manager has no calibration. */
  double pixelSize() {
    Double micrometres = image.getMetadata().getPixelSizeUm();
    return micrometres == null ? 0 : 1000 * micrometres;
  }

  /**
   * The type of the pixels.
   *
   * @return null if they are colours, which have no single brightness to count
   */
  PixelFormat format() {
    if (image.getNumComponents() != 1) return null;
    Object pixels = image.getRawPixels();
    if (pixels instanceof byte[]) return PixelFormat.UINT8;
    if (pixels instanceof short[]) return PixelFormat.UINT16;
    return pixels instanceof float[] ? PixelFormat.FLOAT32 : null;
  }

  /** The pixels as the daemon takes them. */
  byte[] bytes() {
    byte[] bytes = new byte[Math.multiplyExact(width() * format().bytes(), height())];
    Pixels.copy(image.getRawPixels(), bytes);
    return bytes;
  }

  /** The image's number, and its place in the acquisition as metadata: "time=7,channel=0". */
  FrameIdentity identity() {
    StringBuilder place = new StringBuilder();
    Coords coords = image.getCoords();
    for (String axis : coords.getAxes()) {
      if (place.length() > 0) place.append(',');
      place.append(axis).append('=').append(coords.getIndex(axis));
    }
    FrameIdentity numbered = FrameIdentity.NONE.numbered(number);
    byte[] metadata = place.toString().getBytes(StandardCharsets.UTF_8);
    return metadata.length > 1024 ? numbered : numbered.with(metadata);
  }
}

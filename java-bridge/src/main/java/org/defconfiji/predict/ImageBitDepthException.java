package org.defconfiji.predict;

import org.defconfiji.DefconException;

/** An image has pixels of a kind that cannot be counted. */
public final class ImageBitDepthException extends DefconException {
  public ImageBitDepthException(String message) {
    super(message);
  }
}

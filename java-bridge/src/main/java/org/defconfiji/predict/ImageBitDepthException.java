package org.defconfiji.predict;

import org.defconfiji.DefconException;

/** The pixels of an image have a type that cannot be counted. */
public final class ImageBitDepthException extends DefconException {
  public ImageBitDepthException(String message) {
    super(message);
  }
}

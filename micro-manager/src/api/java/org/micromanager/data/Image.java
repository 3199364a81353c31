package org.micromanager.data;

public interface Image {
  Image copyWithMetadata(Metadata metadata);

  Metadata getMetadata();

  Coords getCoords();

  int getWidth();

  int getHeight();

  int getNumComponents();

  Object getRawPixels();
}

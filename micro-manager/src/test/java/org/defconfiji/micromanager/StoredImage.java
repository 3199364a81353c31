package org.defconfiji.micromanager;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.micromanager.PropertyMap;
import org.micromanager.data.Coords;
import org.micromanager.data.Image;
import org.micromanager.data.Metadata;

/** An image as Micro-Manager's are: pixels that are shared and never change, and metadata. */
final class StoredImage implements Image {
  private final Object pixels;
  private final int width;
  private final int height;
  private final int components;
  private final Map<String, Integer> place;
  private final PropertyMap userData;

  private StoredImage(
      Object pixels, int width, int height, int components, Map<String, Integer> place, PropertyMap userData) {
    this.pixels = pixels;
    this.width = width;
    this.height = height;
    this.components = components;
    this.place = place;
    this.userData = userData;
  }

  /** An image of grey pixels at a point in time, without user data. */
  static StoredImage grey(Object pixels, int width, int height, int time) {
    return new StoredImage(pixels, width, height, 1, at(time), null);
  }

  static StoredImage colours(int width, int height) {
    return new StoredImage(new byte[4 * width * height], width, height, 3, at(0), null);
  }

  private static Map<String, Integer> at(int time) {
    Map<String, Integer> place = new TreeMap<>();
    place.put("channel", 0);
    place.put("time", time);
    return place;
  }

  StoredImage withUserData(PropertyMap data) {
    return new StoredImage(pixels, width, height, components, place, data);
  }

  @Override
  public Image copyWithMetadata(Metadata metadata) {
    return withUserData(metadata.getUserData());
  }

  @Override
  public Metadata getMetadata() {
    return new UserDataAlone(userData);
  }

  @Override
  public Coords getCoords() {
    return new Coords() {
      @Override
      public List<String> getAxes() {
        return new ArrayList<>(place.keySet());
      }

      @Override
      public int getIndex(String axis) {
        return place.get(axis);
      }
    };
  }

  @Override
  public int getWidth() {
    return width;
  }

  @Override
  public int getHeight() {
    return height;
  }

  @Override
  public int getNumComponents() {
    return components;
  }

  @Override
  public Object getRawPixels() {
    return pixels;
  }

  private static final class UserDataAlone implements Metadata, Metadata.Builder {
    private final PropertyMap data;

    UserDataAlone(PropertyMap data) {
      this.data = data;
    }

    @Override
    public Metadata.Builder copyBuilderPreservingUUID() {
      return this;
    }

    @Override
    public PropertyMap getUserData() {
      return data;
    }

    @Override
    public Double getPixelSizeUm() {
      return null;
    }

    @Override
    public Metadata.Builder userData(PropertyMap userData) {
      return new UserDataAlone(userData);
    }

    @Override
    public Metadata build() {
      return this;
    }
  }
}

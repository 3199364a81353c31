package org.micromanager;

public interface PropertyMap {
  interface Builder {
    Builder putBoolean(String key, Boolean value);

    Builder putLong(String key, Long value);

    Builder putDouble(String key, Double value);

    Builder putString(String key, String value);

    PropertyMap build();
  }

  Builder copyBuilder();

  boolean containsKey(String key);

  boolean getBoolean(String key, boolean otherwise);

  long getLong(String key, long otherwise);

  double getDouble(String key, double otherwise);

  String getString(String key, String otherwise);
}

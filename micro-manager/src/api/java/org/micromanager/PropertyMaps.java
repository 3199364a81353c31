package org.micromanager;

import java.util.HashMap;
import java.util.Map;

/** Makes maps of Java's own maps, enough for tests. */
public final class PropertyMaps {
  private PropertyMaps() {}

  public static PropertyMap.Builder builder() {
    return new Values(new HashMap<>());
  }

  private static final class Values implements PropertyMap, PropertyMap.Builder {
    private final Map<String, Object> values;

    Values(Map<String, Object> values) {
      this.values = values;
    }

    private Values put(String key, Object value) {
      values.put(key, value);
      return this;
    }

    @Override
    public PropertyMap.Builder putBoolean(String key, Boolean value) {
      return put(key, value);
    }

    @Override
    public PropertyMap.Builder putLong(String key, Long value) {
      return put(key, value);
    }

    @Override
    public PropertyMap.Builder putDouble(String key, Double value) {
      return put(key, value);
    }

    @Override
    public PropertyMap.Builder putString(String key, String value) {
      return put(key, value);
    }

    @Override
    public PropertyMap build() {
      return new Values(new HashMap<>(values));
    }

    @Override
    public PropertyMap.Builder copyBuilder() {
      return new Values(new HashMap<>(values));
    }

    @Override
    public boolean containsKey(String key) {
      return values.containsKey(key);
    }

    @Override
    public boolean getBoolean(String key, boolean otherwise) {
      return (Boolean) values.getOrDefault(key, otherwise);
    }

    @Override
    public long getLong(String key, long otherwise) {
      return (Long) values.getOrDefault(key, otherwise);
    }

    @Override
    public double getDouble(String key, double otherwise) {
      return (Double) values.getOrDefault(key, otherwise);
    }

    @Override
    public String getString(String key, String otherwise) {
      return (String) values.getOrDefault(key, otherwise);
    }
  }
}

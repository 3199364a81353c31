package org.defconfiji.micromanager;

import org.micromanager.PropertyMap;
import org.micromanager.PropertyMaps;

/** The settings of the processor, which Micro-Manager keeps with its pipeline. */
final class CountSettings {
  private static final String MODEL = "model";
  private static final String MAX_LOCAL_COUNT = "maxLocalCount";

  private final String model;
  private final boolean maxLocalCount;

  /** @param model a model's name or path; empty: the default */
  CountSettings(String model, boolean maxLocalCount) {
    this.model = model;
    this.maxLocalCount = maxLocalCount;
  }

  static CountSettings of(PropertyMap settings) {
    return new CountSettings(settings.getString(MODEL, ""), settings.getBoolean(MAX_LOCAL_COUNT, true));
  }

  PropertyMap asMap() {
    return PropertyMaps.builder().putString(MODEL, model).putBoolean(MAX_LOCAL_COUNT, maxLocalCount).build();
  }

  String model() {
    return model;
  }

  boolean maxLocalCount() {
    return maxLocalCount;
  }
}

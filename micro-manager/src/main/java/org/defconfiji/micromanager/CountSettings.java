package org.defconfiji.micromanager;

import org.defconfiji.control.Quantity;
import org.micromanager.PropertyMap;
import org.micromanager.PropertyMaps;

/** The settings of the processor, which Micro-Manager keeps with its pipeline. */
final class CountSettings {
  private static final String MODEL = "model";
  private static final String MAX_LOCAL_COUNT = "maxLocalCount";

  private final String model;
  private final boolean maxLocalCount;
  private final LightSettings light;

  /** @param model a model's name or path; empty: the default */
  CountSettings(String model, boolean maxLocalCount, LightSettings light) {
    this.model = model;
    this.maxLocalCount = maxLocalCount;
    this.light = light;
  }

  static CountSettings of(PropertyMap settings) {
    return new CountSettings(
        settings.getString(MODEL, ""), settings.getBoolean(MAX_LOCAL_COUNT, true), LightSettings.of(settings));
  }

  PropertyMap asMap() {
    PropertyMap.Builder map = PropertyMaps.builder();
    map.putString(MODEL, model).putBoolean(MAX_LOCAL_COUNT, maxLocalCount);
    light.putInto(map);
    return map.build();
  }

  String model() {
    return model;
  }

  boolean maxLocalCount() {
    return maxLocalCount || light.on && light.quantity == Quantity.MAX_LOCAL_COUNT;
  }

  LightSettings light() {
    return light;
  }
}

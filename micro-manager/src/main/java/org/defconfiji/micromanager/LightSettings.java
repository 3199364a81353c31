package org.defconfiji.micromanager;

import java.util.EnumMap;
import java.util.Map;
import org.defconfiji.control.ControlMode;
import org.defconfiji.control.ControlNumber;
import org.defconfiji.control.ControlSettings;
import org.defconfiji.control.Quantity;
import org.micromanager.PropertyMap;

/** Whether and how light is steered, and which property of which device sets it. */
final class LightSettings {
  private static final String PREFIX = "control.";
  private static final String ON = PREFIX + "on";
  private static final String MODE = PREFIX + "mode";
  private static final String QUANTITY = PREFIX + "quantity";
  private static final String DEVICE = PREFIX + "device";
  private static final String PROPERTY = PREFIX + "property";
  /** Not a default to rely on, but something to see in the field. */
  private static final double FIRST_SET_POINT = 10;

  final boolean on;
  final ControlMode mode;
  final Quantity quantity;
  /** The numbers that differ from the defaults. */
  final Map<ControlNumber, Double> numbers;
  final String device;
  final String property;

  LightSettings(
      boolean on,
      ControlMode mode,
      Quantity quantity,
      Map<ControlNumber, Double> numbers,
      String device,
      String property) {
    this.on = on;
    this.mode = mode;
    this.quantity = quantity;
    this.numbers = numbers;
    this.device = device;
    this.property = property;
  }

  static LightSettings of(PropertyMap map) {
    Map<ControlNumber, Double> numbers = new EnumMap<>(ControlNumber.class);
    numbers.put(ControlNumber.SET_POINT, FIRST_SET_POINT);
    for (ControlNumber number : ControlNumber.values()) {
      double stored = map.getDouble(PREFIX + number.key(), Double.NaN);
      if (!Double.isNaN(stored)) numbers.put(number, stored);
    }
    ControlMode mode = ControlMode.PI;
    for (ControlMode each : ControlMode.values()) if (each.key().equals(map.getString(MODE, ""))) mode = each;
    Quantity quantity = Quantity.COUNT;
    for (Quantity each : Quantity.values()) if (each.key().equals(map.getString(QUANTITY, ""))) quantity = each;
    return new LightSettings(
        map.getBoolean(ON, false), mode, quantity, numbers, map.getString(DEVICE, ""), map.getString(PROPERTY, ""));
  }

  void putInto(PropertyMap.Builder map) {
    map.putBoolean(ON, on).putString(MODE, mode.key()).putString(QUANTITY, quantity.key());
    map.putString(DEVICE, device).putString(PROPERTY, property);
    for (Map.Entry<ControlNumber, Double> number : numbers.entrySet())
      map.putDouble(PREFIX + number.getKey().key(), number.getValue());
  }

  /** @throws ControlSettings.ControlException a number has a value that it cannot have */
  ControlSettings settings() throws ControlSettings.ControlException {
    return ControlSettings.of(mode, numbers);
  }
}

package org.defconfiji.micromanager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import mmcorej.CMMCore;
import org.defconfiji.control.ControlMode;
import org.defconfiji.control.ControlNumber;
import org.defconfiji.control.Quantity;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.micromanager.PropertyMap;
import org.micromanager.PropertyMaps;

@Timeout(60)
class LightControlTest {
  /** A core with a laser whose property keeps what is written, and fails as often as it is told to. */
  private static final class Laser extends CMMCore {
    final BlockingQueue<String> written = new LinkedBlockingQueue<>();
    volatile int failures;

    @Override
    public void setProperty(String device, String property, String value) throws Exception {
      if (failures-- > 0) throw new Exception("the laser does not answer");
      written.add(device + "-" + property + "=" + value);
    }

    String next() throws InterruptedException {
      return written.poll(30, TimeUnit.SECONDS);
    }
  }

  private final Laser laser = new Laser();
  private final BlockingQueue<String> troubles = new LinkedBlockingQueue<>();

  /** A control in inverse proportion: output 5 at a set point of 10, from 1 to 20. */
  private LightControl control(double lostAfter) throws Exception {
    Map<ControlNumber, Double> numbers = new EnumMap<>(ControlNumber.class);
    numbers.put(ControlNumber.SET_POINT, 10.0);
    numbers.put(ControlNumber.OUTPUT, 5.0);
    numbers.put(ControlNumber.OUTPUT_MIN, 1.0);
    numbers.put(ControlNumber.OUTPUT_MAX, 20.0);
    numbers.put(ControlNumber.SAFE_OUTPUT, 0.5);
    numbers.put(ControlNumber.MAX_CHANGE, 1e6);
    numbers.put(ControlNumber.LOST_AFTER, lostAfter);
    LightSettings settings =
        new LightSettings(true, ControlMode.INVERSE_THRESHOLD, Quantity.COUNT, numbers, "Laser", "Power");
    return new LightControl(settings.settings(), new PropertyLight(laser, "Laser", "Power", troubles::add));
  }

  @Test
  @DisplayName("writes the property when the output changes, and the safe output at the end")
  void writes() throws Exception {
    LightControl control = control(1e6);
    assertEquals("Laser-Power=5.0000", laser.next());
    // Twice the set point: half the output.
    control.read(20);
    assertEquals("Laser-Power=2.5000", laser.next());
    assertEquals(2.5, control.step().output());
    control.close();
    assertEquals("Laser-Power=0.5000", laser.next());
    control.read(10);
    assertTrue(laser.written.isEmpty());
    assertTrue(troubles.isEmpty());
  }

  @Test
  @DisplayName("counts that stay away, and a lost daemon, give the safe output")
  void safe() throws Exception {
    LightControl control = control(0.1);
    assertEquals("Laser-Power=5.0000", laser.next());
    assertEquals("Laser-Power=0.5000", laser.next());
    assertEquals("no readings", control.step().reason());
    control.close();
    LightControl lost = control(1e6);
    assertEquals("Laser-Power=5.0000", laser.next());
    lost.lose();
    assertEquals("Laser-Power=0.5000", laser.next());
    lost.close();
  }

  @Test
  @DisplayName("a property that cannot be written is told, and written at the next step")
  void fails() throws Exception {
    laser.failures = 2;
    LightControl control = control(1e6);
    String told = troubles.poll(30, TimeUnit.SECONDS);
    assertTrue(told.contains("Power of Laser") && told.contains("the laser does not answer"), told);
    assertEquals("Laser-Power=5.0000", laser.next());
    control.close();
    assertEquals("Laser-Power=0.5000", laser.next());
  }

  @Test
  @DisplayName("settings come back from Micro-Manager's map")
  void settings() {
    LightSettings first = LightSettings.of(PropertyMaps.builder().build());
    assertFalse(first.on);
    assertEquals(ControlMode.PI, first.mode);
    Map<ControlNumber, Double> numbers = new EnumMap<>(ControlNumber.class);
    for (ControlNumber number : ControlNumber.values()) numbers.put(number, 1.5 + number.ordinal());
    PropertyMap.Builder map = PropertyMaps.builder();
    new LightSettings(true, ControlMode.MANUAL, Quantity.DENSITY, numbers, "D", "P").putInto(map);
    LightSettings read = LightSettings.of(map.build());
    assertTrue(read.on);
    assertEquals(ControlMode.MANUAL, read.mode);
    assertEquals(Quantity.DENSITY, read.quantity);
    assertEquals(numbers, read.numbers);
    assertEquals("D P", read.device + " " + read.property);
  }
}

package org.defconfiji.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.eclipsesource.json.Json;
import com.eclipsesource.json.JsonArray;
import com.eclipsesource.json.JsonObject;
import com.eclipsesource.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.defconfiji.Repository;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The cases that the library's controller is held to as well. */
class ControllerTest {
  private static final Path CASES = Repository.ROOT.resolve("test/data/control/cases.json");

  @TestFactory
  Stream<DynamicTest> cases() throws Exception {
    JsonArray cases = Json.parse(new String(Files.readAllBytes(CASES), StandardCharsets.UTF_8)).asArray();
    assertTrue(cases.size() > 20, "only " + cases.size() + " cases");
    return StreamSupport.stream(cases.spliterator(), false)
        .map(JsonValue::asObject)
        .map(one -> DynamicTest.dynamicTest(one.getString("name", ""), () -> follow(one)));
  }

  private static void follow(JsonObject one) throws Exception {
    JsonObject given = one.get("settings").asObject();
    Controller controller = new Controller(ControlSettings.of(mode(given, ControlMode.PI), numbers(given)));
    int number = 0;
    for (JsonValue each : one.get("events").asArray()) {
      JsonArray event = each.asArray();
      String place = "event " + ++number + ", " + event.get(0) + " " + event.get(1);
      ControlStep step = after(controller, event.get(0).asString(), event.get(1));
      JsonArray expected = event.get(2).asArray();
      assertEquals(expected.get(1).asString(), step.state().key(), place);
      assertEquals(expected.get(2).asString(), step.reason(), place);
      double output = expected.get(0).asDouble();
      assertEquals(output, step.output(), 1e-9 * Math.max(1, output), place);
    }
  }

  private static ControlStep after(Controller controller, String call, JsonValue given) throws Exception {
    switch (call) {
      case "read":
        JsonValue reading = given.asArray().get(1);
        double value = reading.isNull() ? Double.NaN : reading.asDouble();
        return controller.read(given.asArray().get(0).asDouble(), value);
      case "wait":
        return controller.wait(given.asArray().get(0).asDouble());
      case "change":
        JsonObject changes = given.asObject();
        return controller.change(mode(changes, controller.settings().mode()), numbers(changes));
      case "lose":
        return controller.lose();
      default:
        return controller.end();
    }
  }

  private static ControlMode mode(JsonObject given, ControlMode absent) {
    String key = given.getString("mode", absent.key());
    return Stream.of(ControlMode.values()).filter(mode -> mode.key().equals(key)).findAny().get();
  }

  private static Map<ControlNumber, Double> numbers(JsonObject given) {
    Map<ControlNumber, Double> numbers = new EnumMap<>(ControlNumber.class);
    for (ControlNumber number : ControlNumber.values())
      if (given.get(number.key()) != null) numbers.put(number, given.get(number.key()).asDouble());
    return numbers;
  }

  @Test
  @DisplayName("a reading is the count, the molecules per \u00B5m\u00B2, or the max local count")
  void quantities() {
    assertEquals(32, Quantity.COUNT.of(32, 2.5, 20_000, 0));
    assertEquals(2.5, Quantity.MAX_LOCAL_COUNT.of(32, 2.5, 20_000, 0));
    // 200 x 100 pixels of 0.1 \u00B5m are 20 \u00B5m x 10 \u00B5m.
    assertEquals(0.16, Quantity.DENSITY.of(32, 2.5, 20_000, 100), 1e-12);
    assertTrue(Double.isNaN(Quantity.DENSITY.of(32, 2.5, 20_000, 0)));
  }

  @Test
  @DisplayName("settings and times that cannot be are refused")
  void refuses() throws Exception {
    assertRefused(Collections.emptyMap(), "Set point");
    assertRefused(Collections.singletonMap(ControlNumber.SET_POINT, 0.0), "above 0");
    Map<ControlNumber, Double> numbers = new EnumMap<>(ControlNumber.class);
    numbers.put(ControlNumber.SET_POINT, 8.0);
    Controller controller = new Controller(ControlSettings.of(ControlMode.PI, numbers));
    controller.read(1, 8);
    assertThrows(IllegalArgumentException.class, () -> controller.read(0.5, 8));
    numbers.put(ControlNumber.OUTPUT, 101.0);
    assertRefused(numbers, "from 0.0 to 100.0");
    numbers.put(ControlNumber.OUTPUT, 10.0);
    numbers.put(ControlNumber.SAFE_OUTPUT, 101.0);
    assertRefused(numbers, "at most");
    numbers.put(ControlNumber.DEADBAND, 2.0);
    assertRefused(numbers, "from 0 to 1");
  }

  private static void assertRefused(Map<ControlNumber, Double> numbers, String part) {
    String message =
        assertThrows(ControlSettings.ControlException.class, () -> ControlSettings.of(ControlMode.PI, numbers))
            .getMessage();
    assertTrue(message.contains(part), message);
  }
}

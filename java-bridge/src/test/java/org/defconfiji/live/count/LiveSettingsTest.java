package org.defconfiji.live.count;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Paths;
import org.defconfiji.command.count.CommandException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LiveSettingsTest {
  @Test
  @DisplayName("a macro's options are read, and written back as they were meant")
  void roundTrip() throws Exception {
    String options =
        "model=[my model] points=50 watch=max low=0.5 high=2 hysteresis=0.1 beep macro=[print(1);] nolog"
            + " folder=[/data/my logs] density=overlay";
    LiveSettings first = LiveSettings.parse(options);
    for (LiveSettings settings : new LiveSettings[] {first, LiveSettings.parse(first.options())}) {
      assertEquals("my model", settings.model);
      assertEquals(50, settings.points);
      assertEquals(Watch.MAX, settings.watch);
      assertEquals(0.5, settings.low);
      assertEquals(2, settings.high);
      assertEquals(0.1, settings.hysteresis);
      assertTrue(settings.beep);
      assertEquals("print(1);", settings.macro);
      assertFalse(settings.log);
      assertEquals(Paths.get("/data/my logs"), settings.folder);
      assertEquals(DensityShown.OVERLAY, settings.density);
    }
  }

  @Test
  @DisplayName("without options: the default model, a log, no thresholds")
  void defaults() throws Exception {
    LiveSettings settings = LiveSettings.parse("");
    assertEquals("", settings.model);
    assertTrue(settings.log);
    assertTrue(Double.isNaN(settings.low) && Double.isNaN(settings.high));
    assertFalse(settings.beep);
    assertEquals("", settings.options());
  }

  @Test
  @DisplayName("words inside of a value are no options")
  void words() throws Exception {
    LiveSettings settings = LiveSettings.parse("macro=[do nolog and beep now]");
    assertTrue(settings.log);
    assertFalse(settings.beep);
  }

  @Test
  @DisplayName("a value that cannot be is told with its key and what it may be")
  void wrong() {
    String[][] cases = {
      {"high=many", "high is 'many'"},
      {"points=1", "from 2 to 100000"},
      {"hysteresis=-1", "hysteresis is -1"},
      {"watch=density", "one of count, max"},
      {"density=3d", "one of none, window, overlay"},
      {"low=5 high=5", "not below the high one"},
    };
    for (String[] wrong : cases) {
      CommandException error = assertThrows(CommandException.class, () -> LiveSettings.parse(wrong[0]));
      assertTrue(error.getMessage().contains(wrong[1]), error.getMessage());
    }
  }
}

package org.defconfiji.command.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.defconfiji.command.count.CommandException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CountOptionsTest {
  @ParameterizedTest
  @ValueSource(strings = {"model=defcon ", "load=defcon ", "path=[defcon] ", "load=defcon path=defcon "})
  @DisplayName("a macro may name the model by any of the three keys")
  void keys(String options) throws Exception {
    assertEquals("defcon", CountOptions.fromMacro(options).model());
  }

  @Test
  @DisplayName("an old macro's folder with spaces is passed on as it is")
  void oldFolder() throws Exception {
    String folder = "C:\\Fiji app\\plugins\\DEFCoN\\tf_density_count";
    assertEquals(folder, CountOptions.fromMacro("load=[" + folder + "] ").model());
  }

  @Test
  @DisplayName("a macro that names two models is refused")
  void twoModels() {
    CommandException error =
        assertThrows(CommandException.class, () -> CountOptions.fromMacro("model=defcon load=other "));
    assertTrue(error.getMessage().contains("'defcon' and 'other'"), error.getMessage());
  }

  @Test
  @DisplayName("no key means the default model and the whole stack")
  void defaults() throws Exception {
    assertEquals("", CountOptions.fromMacro(" ").model());
    assertFalse(CountOptions.fromMacro(" ").currentOnly());
  }

  @Test
  @DisplayName("'current' counts as a word of its own, not inside a model's name")
  void current() throws Exception {
    assertTrue(CountOptions.fromMacro("model=defcon current ").currentOnly());
    assertTrue(CountOptions.fromMacro("current ").currentOnly());
    assertFalse(CountOptions.fromMacro("model=[my current model] ").currentOnly());
    assertFalse(CountOptions.fromMacro("model=current ").currentOnly());
  }
}

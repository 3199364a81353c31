package org.defconfiji.options;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class OptionTableTest {
  private static final Option FOLDER = Option.folder("Input folder", "the folder");
  private static final Option EPOCHS = Option.number("Epochs", "15", "how often");
  private static final Option KIND = Option.choice("Kind of thing", "a", "which", "a", "b");
  private static final Option DEEP = Option.flag("Deep down", "also below");
  private static final OptionTable TABLE = new OptionTable("Try...", FOLDER, EPOCHS, KIND, DEEP);

  @Test
  @DisplayName("values in brackets keep their spaces, flags stand by themselves, what is left out has its default")
  void reads() throws Exception {
    OptionValues values = TABLE.fromMacro("input=[/a b/c deep d] kind=b ");
    assertEquals("/a b/c deep d", values.required(FOLDER));
    assertEquals(15, values.whole(EPOCHS, 1, 100));
    assertEquals("b", values.choice(KIND));
    assertFalse(values.flag(DEEP));
    assertTrue(TABLE.fromMacro("input=x deep").flag(DEEP));
  }

  @Test
  @DisplayName("what is missing or wrong is named with its key")
  void refuses() {
    String missing =
        assertThrows(OptionException.class, () -> TABLE.fromMacro("").required(FOLDER)).getMessage();
    assertEquals(
        "Try...: expected the folder, found nothing. Fill in 'Input folder', or in a macro input=[...].", missing);
    for (String wrong : new String[] {"0", "101", "1.5", "many"}) {
      OptionValues values = TABLE.fromMacro("epochs=" + wrong);
      String message =
          assertThrows(OptionException.class, () -> values.whole(EPOCHS, 1, 100)).getMessage();
      assertTrue(message.contains("epochs: expected a number from 1 to 100, found '" + wrong + "'"), message);
    }
    String other =
        assertThrows(OptionException.class, () -> TABLE.fromMacro("kind=c").choice(KIND)).getMessage();
    assertTrue(other.contains("kind: expected one of a, b, found 'c'"), other);
  }
}

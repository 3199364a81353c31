package org.defconfiji.options;

import ij.Macro;
import ij.gui.GenericDialog;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The options of a command. The dialog, the recorded macro and the reading of macros follow from
 * it.
 */
public final class OptionTable {
  private static final int PATH_COLUMNS = 30;

  private final String command;
  private final List<Option> rows;

  /** @param command its name in the menu: "Batch..." */
  public OptionTable(String command, Option... rows) {
    this(command, Arrays.asList(rows));
  }

  private OptionTable(String command, List<Option> rows) {
    this.command = command;
    this.rows = Collections.unmodifiableList(new ArrayList<>(rows));
  }

  /** The name of the command in the menu. */
  public String command() {
    return command;
  }

  public List<Option> rows() {
    return rows;
  }

  /** The same table with one row replaced, that with the same key. */
  public OptionTable with(Option row) {
    List<Option> changed = new ArrayList<>();
    for (Option old : rows) changed.add(old.key().equals(row.key()) ? row : old);
    return new OptionTable(command, changed);
  }

  /**
   * Shows the dialog. ImageJ's recorder writes the answers.
   *
   * @return null if the user cancelled
   */
  public OptionValues ask() {
    GenericDialog dialog = new GenericDialog(command.replace("...", ""));
    for (Option row : rows) add(dialog, row);
    dialog.showDialog();
    if (dialog.wasCanceled()) return null;
    OptionValues values = new OptionValues(command);
    for (Option row : rows) values.put(row, answer(dialog, row));
    return values;
  }

  /** Reads the options of a macro, for example "input=[/data/my stacks] density". */
  public OptionValues fromMacro(String options) {
    OptionValues values = new OptionValues(command);
    for (Option row : rows) {
      boolean flag = row.kind() == Option.Kind.FLAG;
      String found = flag ? flagText(hasWord(options, row.key())) : Macro.getValue(options, row.key(), row.absent());
      values.put(row, found.trim());
    }
    return values;
  }

  private static void add(GenericDialog dialog, Option row) {
    switch (row.kind()) {
      case FOLDER:
      case FILE:
        addPath(dialog, row);
        break;
      case CHOICE:
        dialog.addChoice(row.label(), row.choices(), row.absent());
        break;
      case FLAG:
        dialog.addCheckbox(row.label(), !row.absent().isEmpty());
        break;
      default:
        dialog.addStringField(row.label(), row.absent(), row.kind() == Option.Kind.NUMBER ? 8 : 20);
    }
  }

  private static void addPath(GenericDialog dialog, Option row) {
    try {
      if (row.kind() == Option.Kind.FOLDER) dialog.addDirectoryField(row.label(), row.absent(), PATH_COLUMNS);
      else dialog.addFileField(row.label(), row.absent(), PATH_COLUMNS);
    } catch (NoSuchMethodError olderImageJ) {
      dialog.addStringField(row.label(), row.absent(), PATH_COLUMNS);
    }
  }

  private static String answer(GenericDialog dialog, Option row) {
    switch (row.kind()) {
      case CHOICE:
        return dialog.getNextChoice();
      case FLAG:
        return flagText(dialog.getNextBoolean());
      default:
        return dialog.getNextString().trim();
    }
  }

  private static String flagText(boolean set) {
    return set ? "true" : "";
  }

  /** Whether a macro's options contain a word outside brackets. */
  public static boolean hasWord(String options, String word) {
    StringBuilder outside = new StringBuilder();
    int depth = 0;
    for (char c : options.toCharArray()) {
      if (c == '[') depth++;
      if (depth == 0) outside.append(c);
      if (c == ']') depth--;
    }
    return (" " + outside + " ").contains(" " + word + " ");
  }
}

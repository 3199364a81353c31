package org.defconfiji.options;

import ij.Macro;

/**
 * One option of a command: what the dialog calls it, the key it has in macros (the label's first word, as ImageJ's
 * recorder takes it), its default, and what it means. The tables of docs/macros.md have the same rows.
 */
public final class Option {
  /** How an option is asked for and written in a macro. */
  public enum Kind {
    /** A path of a folder. */
    FOLDER,
    /** A path of a file. */
    FILE,
    TEXT,
    NUMBER,
    /** One of several words. */
    CHOICE,
    /** There or not. */
    FLAG
  }

  private final Kind kind;
  private final String label;
  private final String absent;
  private final String[] choices;
  private final String meaning;

  private Option(Kind kind, String label, String absent, String[] choices, String meaning) {
    this.kind = kind;
    this.label = label;
    this.absent = absent;
    this.choices = choices;
    this.meaning = meaning;
  }

  public static Option folder(String label, String meaning) {
    return new Option(Kind.FOLDER, label, "", new String[0], meaning);
  }

  public static Option file(String label, String meaning) {
    return new Option(Kind.FILE, label, "", new String[0], meaning);
  }

  public static Option text(String label, String absent, String meaning) {
    return new Option(Kind.TEXT, label, absent, new String[0], meaning);
  }

  public static Option number(String label, String absent, String meaning) {
    return new Option(Kind.NUMBER, label, absent, new String[0], meaning);
  }

  /** @param choices the words; none where they are known only when the dialog opens ({@link #among}) */
  public static Option choice(String label, String absent, String meaning, String... choices) {
    return new Option(Kind.CHOICE, label, absent, choices, meaning);
  }

  public static Option flag(String label, String meaning) {
    return new Option(Kind.FLAG, label, "", new String[0], meaning);
  }

  /** The same option with the words to choose among. @param chosen the one that the dialog begins with */
  public Option among(String[] words, String chosen) {
    return new Option(kind, label, chosen, words, meaning);
  }

  /** The same option with another value to begin with. */
  public Option beginningWith(String value) {
    return new Option(kind, label, value, choices, meaning);
  }

  public Kind kind() {
    return kind;
  }

  /** The key in macros. */
  public String key() {
    return Macro.trimKey(label);
  }

  public String label() {
    return label;
  }

  /** The value where a macro does not name it; empty where there is none. */
  public String absent() {
    return absent;
  }

  public String[] choices() {
    return choices.clone();
  }

  public String meaning() {
    return meaning;
  }
}

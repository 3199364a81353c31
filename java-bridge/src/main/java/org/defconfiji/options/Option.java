package org.defconfiji.options;

import ij.Macro;

/**
 * One option of a command: its label, its key in macros, its default and its meaning.
 *
 * <p>The key is the first word of the label, because ImageJ's recorder takes that one. The tables
 * of docs/macros.md have the same rows.
 */
public final class Option {
  /** The kind of an option, which determines its field in the dialog. */
  public enum Kind {
    /** The path of a folder. */
    FOLDER,
    /** The path of a file. */
    FILE,
    TEXT,
    NUMBER,
    /** One of several words. */
    CHOICE,
    /** Set or not set. */
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

  /** An option that takes the path of a folder. */
  public static Option folder(String label, String meaning) {
    return new Option(Kind.FOLDER, label, "", new String[0], meaning);
  }

  /** An option that takes the path of a file. */
  public static Option file(String label, String meaning) {
    return new Option(Kind.FILE, label, "", new String[0], meaning);
  }

  /**
   * An option that takes text.
   *
   * @param absent the default; empty for none
   */
  public static Option text(String label, String absent, String meaning) {
    return new Option(Kind.TEXT, label, absent, new String[0], meaning);
  }

  /**
   * An option that takes a number.
   *
   * @param absent the default; empty for none
   */
  public static Option number(String label, String absent, String meaning) {
    return new Option(Kind.NUMBER, label, absent, new String[0], meaning);
  }

  /**
   * @param choices the words; none if they are known only when the dialog opens ({@link #among})
   */
  public static Option choice(String label, String absent, String meaning, String... choices) {
    return new Option(Kind.CHOICE, label, absent, choices, meaning);
  }

  /** An option that is set or not. */
  public static Option flag(String label, String meaning) {
    return new Option(Kind.FLAG, label, "", new String[0], meaning);
  }

  /**
   * The same option with other words to choose from.
   *
   * @param chosen the preselected word
   */
  public Option among(String[] words, String chosen) {
    return new Option(kind, label, chosen, words, meaning);
  }

  /** The same option with another initial value. */
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

  /** The label in the dialog. Its first word is the key in macros. */
  public String label() {
    return label;
  }

  /** The value if a macro does not name it. Empty if there is none. */
  public String absent() {
    return absent;
  }

  public String[] choices() {
    return choices.clone();
  }

  /** What the option means, for docs/macros.md and error messages. */
  public String meaning() {
    return meaning;
  }
}

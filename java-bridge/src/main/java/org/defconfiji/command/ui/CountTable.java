package org.defconfiji.command.ui;

import ij.measure.ResultsTable;

/** Adds rows to ImageJ's Results table. Empty cells become NaN or no text, never 0. */
public final class CountTable {
  private final ResultsTable table;
  private final int firstRow;

  /** @param table the table whose present rows stay */
  public CountTable(ResultsTable table) {
    this.table = table;
    this.firstRow = table.getCounter();
  }

  /**
   * Adds a row.
   *
   * @param label the first cell
   * @param columns the titles of the other cells
   * @param values their values, in the same order
   */
  public void addRow(String label, String[] columns, double[] values) {
    table.incrementCounter();
    int row = row();
    for (int column = 0; column <= table.getLastColumn(); column++)
      if (table.columnExists(column)) table.setValue(column, row, Double.NaN);
    for (int i = 0; i < columns.length; i++) set(columns[i], values[i]);
    table.setLabel(label, row);
  }

  /** Fills a cell of the last row with a number. */
  void set(String column, double value) {
    boolean added = isMissing(column);
    table.setValue(column, row(), value);
    for (int earlier = 0; added && earlier < firstRow; earlier++) table.setValue(column, earlier, Double.NaN);
  }

  /** Fills a cell of the last row with text. */
  void set(String column, String text) {
    boolean added = isMissing(column);
    table.setValue(column, row(), text);
    for (int earlier = 0; added && earlier < firstRow; earlier++) table.setValue(column, earlier, "");
  }

  private boolean isMissing(String column) {
    return table.getColumnIndex(column) == ResultsTable.COLUMN_NOT_FOUND;
  }

  private int row() {
    return table.getCounter() - 1;
  }

  /** Shows the table. */
  public void show() {
    table.show("Results");
  }
}

package org.defconfiji.command;

import ij.measure.ResultsTable;

/** Adds rows to ImageJ's Results table. Cells that a row or a new column leaves empty become NaN, not 0. */
final class CountTable {
  private final ResultsTable table;
  private final int firstRow;

  CountTable(ResultsTable table) {
    this.table = table;
    this.firstRow = table.getCounter();
  }

  void addRow(String label, String[] columns, double[] values) {
    table.incrementCounter();
    int row = table.getCounter() - 1;
    for (int column = 0; column <= table.getLastColumn(); column++)
      if (table.columnExists(column)) table.setValue(column, row, Double.NaN);
    for (int i = 0; i < columns.length; i++) {
      boolean added = table.getColumnIndex(columns[i]) == ResultsTable.COLUMN_NOT_FOUND;
      table.setValue(columns[i], row, values[i]);
      for (int earlier = 0; added && earlier < firstRow; earlier++) table.setValue(columns[i], earlier, Double.NaN);
    }
    table.setLabel(label, row);
  }

  void show() {
    table.show("Results");
  }
}

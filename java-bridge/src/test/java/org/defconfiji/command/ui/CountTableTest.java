package org.defconfiji.command.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ij.measure.ResultsTable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CountTableTest {
  @Test
  @DisplayName("keeps the rows that are there and leaves no invented zeros")
  void mixesColumns() {
    ResultsTable results = new ResultsTable();
    results.incrementCounter();
    results.addValue("Area", 12);
    CountTable table = new CountTable(results);
    table.addRow("a:1", new String[] {"Rounded count", "Exact count"}, new double[] {3, 2.86});
    table.addRow("a:2", new String[] {"Rounded count", "Exact count"}, new double[] {0, 0.25});
    assertEquals(3, results.getCounter());
    assertEquals(12, results.getValue("Area", 0));
    assertTrue(Double.isNaN(results.getValue("Exact count", 0)));
    assertTrue(Double.isNaN(results.getValue("Area", 1)));
    assertEquals(2.86, results.getValue("Exact count", 1));
    assertEquals(0, results.getValue("Rounded count", 2));
    assertEquals("a:2", results.getLabel(2));
  }

  @Test
  @DisplayName("a column of words is empty in rows before it and after it")
  void words() {
    ResultsTable results = new ResultsTable();
    results.incrementCounter();
    results.addValue("Area", 12);
    CountTable table = new CountTable(results);
    String[] column = {"Exact count"};
    table.addRow("a:1", column, new double[] {3});
    table.set("Unlike training", "spots are out of focus");
    new CountTable(results).addRow("b:1", column, new double[] {4});
    assertEquals("", results.getStringValue("Unlike training", 0));
    assertEquals("spots are out of focus", results.getStringValue("Unlike training", 1));
    String after = results.getStringValue("Unlike training", 2);
    assertTrue(after.isEmpty() || after.equals("NaN"), after);
  }
}

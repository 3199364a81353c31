package org.defconfiji.command;

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
}

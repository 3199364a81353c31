package org.defconfiji.models;

import java.text.NumberFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.swing.table.AbstractTableModel;
import org.defconfiji.wire.ModelInfo;

/** The rows of the list of models. */
final class ModelTable extends AbstractTableModel {
  private static final String[] COLUMNS = {"Name", "Default", "Architecture", "Parameters", "From"};

  private List<ModelInfo> models = new ArrayList<>();

  void show(List<ModelInfo> now) {
    models = now;
    fireTableDataChanged();
  }

  ModelInfo at(int row) {
    return models.get(row);
  }

  /**
   * The row of a model.
   *
   * @return -1 if there is none
   */
  int rowOf(String name) {
    for (int row = 0; row < models.size(); row++) if (models.get(row).name().equals(name)) return row;
    return -1;
  }

  @Override
  public int getRowCount() {
    return models.size();
  }

  @Override
  public int getColumnCount() {
    return COLUMNS.length;
  }

  @Override
  public String getColumnName(int column) {
    return COLUMNS[column];
  }

  @Override
  public Object getValueAt(int row, int column) {
    ModelInfo model = models.get(row);
    switch (column) {
      case 0:
        return model.name();
      case 1:
        return model.isDefault() ? "\u2713" : "";
      case 2:
        return model.architecture();
      case 3:
        return NumberFormat.getIntegerInstance(Locale.ROOT).format(model.parameters());
      default:
        return model.isInstalled() ? "installed by you" : model.isShipped() ? "the program" : "the daemon's command line";
    }
  }
}

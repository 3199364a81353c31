package org.micromanager.data;

import java.util.List;

public interface Coords {
  List<String> getAxes();

  int getIndex(String axis);
}

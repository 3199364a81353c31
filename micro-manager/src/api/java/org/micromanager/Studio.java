package org.micromanager;

import mmcorej.CMMCore;
import org.micromanager.data.DataManager;

public interface Studio {
  LogManager logs();

  DataManager data();

  CMMCore core();
}

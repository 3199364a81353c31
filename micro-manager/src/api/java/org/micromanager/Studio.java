package org.micromanager;

import org.micromanager.data.DataManager;

public interface Studio {
  LogManager logs();

  DataManager data();
}

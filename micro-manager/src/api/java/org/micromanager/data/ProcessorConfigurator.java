package org.micromanager.data;

import org.micromanager.PropertyMap;

public interface ProcessorConfigurator {
  void showGUI();

  void cleanup();

  PropertyMap getSettings();
}

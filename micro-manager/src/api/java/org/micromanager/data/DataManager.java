package org.micromanager.data;

public interface DataManager {
  void notifyPipelineChanged();
}

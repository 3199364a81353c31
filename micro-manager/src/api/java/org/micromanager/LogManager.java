package org.micromanager;

public interface LogManager {
  void logMessage(String message);

  void logError(String message);
}

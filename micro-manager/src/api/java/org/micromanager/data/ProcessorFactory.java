package org.micromanager.data;

public interface ProcessorFactory {
  Processor createProcessor();
}

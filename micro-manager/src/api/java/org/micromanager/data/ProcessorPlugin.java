package org.micromanager.data;

import org.micromanager.MMPlugin;
import org.micromanager.PropertyMap;

public interface ProcessorPlugin extends MMPlugin {
  ProcessorConfigurator createConfigurator(PropertyMap settings);

  ProcessorFactory createFactory(PropertyMap settings);
}

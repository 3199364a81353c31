package org.micromanager;

public interface MMPlugin extends MMGenericPlugin {
  void setContext(Studio studio);

  String getName();

  String getHelpText();

  String getVersion();

  String getCopyright();
}

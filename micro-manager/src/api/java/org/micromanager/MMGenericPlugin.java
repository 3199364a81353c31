package org.micromanager;

import org.scijava.plugin.SciJavaPlugin;

public interface MMGenericPlugin extends SciJavaPlugin {}

package org.defconfiji.wire;

/** Says whether the plugin or the daemon must be updated. */
final class VersionMismatch {
  private VersionMismatch() {}

  static String sentence(int plugin, int daemon) {
    String what =
        "The Fiji plugin speaks version " + plugin + " of the DEFCoN protocol, the daemon version " + daemon + ". ";
    return daemon < plugin
        ? what + "The daemon is older. Stop it, install its newer version, and try again: " + HowToInstall.COMMAND
        : what
            + "The plugin is older: replace its jar in Fiji's plugins folder by the newest defcon-fiji_ jar, restart"
            + " Fiji, and try again.";
  }
}

package org.defconfiji.wire;

/** How the program is installed, for the advice of messages. It is not on the public registry. */
public final class HowToInstall {
  public static final String COMMAND =
      "npm install -g PATH, where PATH is its package (defcon-fiji-\u2026.tgz) or a clone in which npm run build was run";

  private HowToInstall() {}
}

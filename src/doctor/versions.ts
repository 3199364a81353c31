import { DefconError } from "../base/errors.js";
import { packageRoot } from "../base/home.js";
import { HOW_TO_INSTALL } from "../base/how-to-install.js";
import { VERSION } from "../base/version.js";
import { pluginJarPath } from "../fiji/content.js";
import { isPluginJar } from "../fiji/jars.js";
import { PROTOCOL_VERSION } from "../protocol/codec.js";
import type { Line } from "./check.js";

/** The version of this program. */
export function programLines(): Line[] {
  const detail = `version ${VERSION}, protocol ${PROTOCOL_VERSION}, ${packageRoot}`;
  return [{ name: "defcon-fiji", state: "ok", detail }];
}

/** The jar that `install` puts into a Fiji. */
export function pluginLines(): Line[] {
  const name = "plugin";
  try {
    const path = pluginJarPath();
    if (isPluginJar(path)) return [{ name, state: "ok", detail: `version ${VERSION}, to be installed` }];
    const advice = `Install again: ${HOW_TO_INSTALL}`;
    return [{ name, state: "broken", detail: `not the plugin's jar: ${path}`, advice }];
  } catch (cause) {
    // A clone of the sources has no jar, and counts without it.
    if (!(cause instanceof DefconError && cause.code === "FIJI_PLUGIN")) throw cause;
    return [{ name, state: "missing", detail: cause.finding, advice: cause.advice }];
  }
}

import { type Installed, install } from "../fiji/install.js";

/** What is installed, and where. */
export interface InstallFijiOptions {
  /**
   * Names or paths of models, the default first, or one archive.
   * Left out: all models that have a name.
   */
  models?: readonly string[] | undefined;
  /** The Fiji folder; left out: the only one that is found. */
  fiji?: string | undefined;
  /** Whether to install the plugin with the models; true where left out. */
  plugin?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Installs the plugin and models into a Fiji. The new state appears whole or not at all.
 * @throws FijiError; InputError, ModelFormatError for models; DefconError CANCELLED
 */
export function installFiji({
  models = [],
  fiji,
  plugin = true,
  signal = new AbortController().signal,
}: InstallFijiOptions = {}): Promise<Installed> {
  return install({ models, plugin, ...(fiji !== undefined && { fiji }) }, signal);
}

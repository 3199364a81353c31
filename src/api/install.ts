import { type Installed, install } from "../fiji/install.js";

/** What is installed where. */
export interface InstallFijiOptions {
  /** Names or paths of models, the default one first, or one archive; all models that go by a name where left out. */
  models?: readonly string[] | undefined;
  /** The Fiji folder; the only one that is found where left out. */
  fiji?: string | undefined;
  /** Whether to install the plugin with the models; true where left out. */
  plugin?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Installs the plugin and models into a Fiji: the new state comes whole or not at all.
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

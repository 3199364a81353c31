import { checkOptions, FLAG, listOf, PATH, SIGNAL, TEXT } from "../base/arguments.js";
import { given } from "../base/given.js";
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

const INSTALL_RULES = {
  models: listOf(TEXT, "names or paths of models"),
  fiji: PATH,
  plugin: FLAG,
  signal: SIGNAL,
};

/**
 * Installs the plugin and models into a Fiji. The new state appears whole or not at all.
 * @throws FijiError; InputError INPUT_OPTION, ModelFormatError for models; DefconError CANCELLED
 */
export async function installFiji(options: InstallFijiOptions = {}): Promise<Installed> {
  checkOptions(options, INSTALL_RULES);
  const { models = [], fiji, plugin = true, signal = new AbortController().signal } = options;
  return install({ models, plugin, ...given({ fiji }) }, signal);
}

import { VERSION } from "../base/version.js";
import { isListening } from "../daemon/second-daemon.js";
import { DaemonClient } from "../protocol/client.js";
import { PROTOCOL_VERSION } from "../protocol/codec.js";
import { addressOf, type Discovery, discoveryPath, readDiscovery } from "../protocol/discovery.js";
import { brokenLine, type Line } from "./check.js";

const NAME = "daemon";

/** Checks the daemon of this user. */
export async function daemonLines(): Promise<Line[]> {
  const discovery = await readDiscovery();
  if (!discovery) {
    const advice = "Nothing to do: Fiji starts it when it is needed. Without Fiji: defcon-fiji serve";
    return [{ name: NAME, state: "missing", detail: "not running", advice }];
  }
  if (!(await isListening(discovery))) {
    const detail = `not running; process ${discovery.pid}, which has ended, left ${discoveryPath()}`;
    const advice = "Nothing to do: the next daemon writes over that file.";
    return [{ name: NAME, state: "missing", detail, advice }];
  }
  return [await runningLine(discovery)];
}

async function runningLine(discovery: Discovery): Promise<Line> {
  const { pid, version, protocol } = discovery;
  const restart = `Stop process ${pid}; Fiji, or defcon-fiji serve, starts one of version ${VERSION}.`;
  if (protocol !== PROTOCOL_VERSION) {
    const detail = `speaks protocol ${protocol}, this program ${PROTOCOL_VERSION} (version ${version}, process ${pid})`;
    return { name: NAME, state: "broken", detail, advice: restart };
  }
  try {
    const client = await DaemonClient.connect({ name: `defcon-fiji ${VERSION} doctor` });
    await client.close();
    const { serverVersion, engine, device, models } = client;
    const detail = [
      `version ${serverVersion}`,
      `protocol ${protocol}`,
      `${engine} on ${device}`,
      `models ${models.map(({ name }) => name).join(", ") || "none"}`,
      `${addressOf(discovery)}, process ${pid}`,
    ].join(", ");
    return { name: NAME, state: "ok", detail, ...(serverVersion !== VERSION && { advice: restart }) };
  } catch (cause) {
    return brokenLine(NAME, cause, `If process ${pid} is a daemon, stop it, else remove ${discoveryPath()}.`);
  }
}

import { Command } from "commander";
import { InputError } from "../base/errors.js";
import { wholeNumber } from "../base/number-rule.js";
import { type DaemonOptions, startDaemon } from "../daemon/daemon.js";
import { type DaemonEvent, sentenceOf } from "../daemon/daemon-event.js";
import { DEFAULT_DOOR, doorAddress, textOfAddress } from "../daemon/open-inference/door-address.js";
import type { LocalEngineChoice } from "../engine/engine.js";
import { deviceOption, engineOption, tellEngine, threadsOption } from "./engine-option.js";
import { watchSignals } from "./interrupt.js";
import { numberThat } from "./options.js";

interface ServeOptions extends LocalEngineChoice {
  host: string;
  port: number;
  model: string[];
  tlsCert?: string;
  tlsKey?: string;
  idleExit?: number;
  openInference?: true | string[];
  openInferenceToken?: string;
  json?: boolean;
}

const MS_PER_MINUTE = 60_000;
/** Longest idle time: a longer timer of Node.js would go off at once. */
const MAX_IDLE_MINUTES = Math.floor((2 ** 31 - 1) / MS_PER_MINUTE);

/** `defcon-fiji serve`: the daemon that Fiji and other programs stream frames to. */
export function serveCommand(): Command {
  return new Command("serve")
    .description("count frames that Fiji and other programs stream here")
    .option(
      "--port <n>",
      "port to listen on; 0 takes any that is free",
      numberThat(wholeNumber(0, 65_535)),
      0,
    )
    .option("--host <address>", "address to listen on; any but loopback needs a certificate", "127.0.0.1")
    .option("--tls-cert <file>", "certificate, PEM")
    .option("--tls-key <file>", "the certificate's key, PEM")
    .option(
      "-m, --model <files...>",
      "model files to offer besides the installed ones; the first is the default",
      [],
    )
    .option(
      "--idle-exit <minutes>",
      "stop after so many minutes without a connection",
      numberThat(wholeNumber(1, MAX_IDLE_MINUTES)),
    )
    .option(
      "--open-inference [addresses...]",
      `also serve clients of the Open Inference Protocol (KServe v2): ${DEFAULT_DOOR.map(textOfAddress).join(" ")} where no addresses are given`,
    )
    .option("--open-inference-token <file>", "file with a token of your own for those clients")
    .addOption(engineOption())
    .addOption(deviceOption())
    .addOption(threadsOption())
    .option("--json", "print events as JSON lines")
    .action(serve);
}

async function serve(options: ServeOptions): Promise<void> {
  const { host, port, model, tlsCert, tlsKey, idleExit, engine, device, threads, json } = options;
  const openInference = doorOptions(options);
  const daemon = await startDaemon({
    host,
    port,
    models: model,
    engine,
    device,
    threads,
    ...tlsFiles(tlsCert, tlsKey),
    ...(openInference && { openInference }),
    ...(idleExit && { idleExitMs: idleExit * MS_PER_MINUTE }),
    onEvent: (event) => {
      if (event.event === "ready") tellEngine({ engine, device }, event);
      console.log(json ? JSON.stringify(event) : inWords(event));
    },
  });
  let signals = 0;
  const stop = (signal: string) => {
    if (++signals === 1) void daemon.stop(signal);
    // The user asked twice, and does not want to wait for frames under way.
    else void daemon.abandon().finally(() => process.exit(1));
  };
  watchSignals(stop);
}

function doorOptions(options: ServeOptions): DaemonOptions["openInference"] {
  const { openInference: given, openInferenceToken: tokenFile } = options;
  if (given) {
    const addresses = given === true ? DEFAULT_DOOR : given.map(doorAddress);
    return { addresses, ...(tokenFile !== undefined && { tokenFile }) };
  }
  if (tokenFile === undefined) return undefined;
  throw new InputError("INPUT_OPTION", {
    subject: "--open-inference-token",
    expected: "--open-inference with it",
    found: "none",
  });
}

function tlsFiles(cert?: string, key?: string): { tls?: { cert: string; key: string } } {
  if (cert && key) return { tls: { cert, key } };
  if (!cert && !key) return {};
  throw new InputError("INPUT_OPTION", {
    subject: cert ? "--tls-cert" : "--tls-key",
    expected: "--tls-cert and --tls-key together",
    found: "one of them",
  });
}

/** The page's link is not printed: it is a key, and a daemon's output may be kept in a log. */
function inWords(event: DaemonEvent): string {
  const sentence = sentenceOf(event);
  return event.event === "ready"
    ? `${sentence}\nstatus page: ${event.page} (to open it: defcon-fiji status --open)`
    : sentence;
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";
import { packageRoot } from "../../src/base/home.js";
import { ScaleVenv } from "./scale-venv.js";
import type { Ending } from "./temporary.js";

const venv = new ScaleVenv("remote");
const PROGRAM = join(packageRoot, "test", "scale", "remote", "kserve_server.py");
/** A server that imports all of KServe on a busy machine may take so long. */
const START_MS = 180_000;

/** Why KServe cannot run here; false where it can. */
export const withoutKServe = venv.missing;

export interface KServe {
  url: string;
  process: ChildProcess;
}

/** Starts a KServe model server with one ONNX graph, and waits until the model is ready. */
export async function startKServe(
  context: Ending,
  name: string,
  graph: string,
  tls?: { cert: string; key: string },
): Promise<KServe> {
  const port = await freePort();
  const args = [PROGRAM, name, graph, String(port), ...(tls ? [tls.cert, tls.key] : [])];
  const child = spawn(venv.python, args, { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  child.stderr!.on("data", (chunk) => {
    log = (log + chunk).slice(-10_000);
  });
  context.after(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  });
  const end = Date.now() + START_MS;
  // Over TLS only the connection tells: its certificate is the test's own.
  while (!(tls ? await accepts(port) : await isReady(`http://127.0.0.1:${port}/v2/models/${name}/ready`))) {
    if (child.exitCode !== null || Date.now() > end) throw new Error(`KServe did not start: ${log}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return { url: tls ? `https://localhost:${port}` : `http://127.0.0.1:${port}`, process: child };
}

async function isReady(url: string): Promise<boolean> {
  return fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

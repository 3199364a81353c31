import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";
import { packageRoot } from "../../src/base/home.js";
import type { ScaleVenv } from "./scale-venv.js";
import type { Ending } from "./temporary.js";

/** A server that imports all of KServe on a busy machine may take so long. */
const START_MS = 180_000;

export interface ModelServer {
  url: string;
  process: ChildProcess;
}

interface ModelServerOptions {
  venv: ScaleVenv;
  /** Below test/scale/. Its arguments are the model's name, the graph, a port, and the files of TLS. */
  script: string;
  /** The model's name, and the file of its graph. */
  name: string;
  graph: string;
  tls?: { cert: string; key: string };
}

/**
 * Starts a model server with one ONNX graph, and waits until the model is ready.
 * @throws Error with the end of the server's log
 */
export async function startModelServer(
  context: Ending,
  { venv, script, name, graph, tls }: ModelServerOptions,
): Promise<ModelServer> {
  const port = await freePort();
  const path = join(packageRoot, "test", "scale", script);
  const args = [path, name, graph, String(port), ...(tls ? [tls.cert, tls.key] : [])];
  const child = spawn(venv.python, args, { stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      log = (log + chunk).slice(-10_000);
    });
  }
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  context.after(async () => {
    if (hasEnded()) return;
    // Triton is a child of its script, which ends it.
    child.kill("SIGTERM");
    await once(child, "exit");
  });
  const end = Date.now() + START_MS;
  // Over TLS only the connection tells: its certificate is the test's own.
  while (!(tls ? await accepts(port) : await isReady(`http://127.0.0.1:${port}/v2/models/${name}/ready`))) {
    if (hasEnded() || Date.now() > end) throw new Error(`${script} did not start: ${log}`);
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

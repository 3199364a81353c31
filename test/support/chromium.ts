import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { WebSocket } from "ws";
import type { Ending } from "./temporary.js";

const program = ["chromium", "chromium-browser", "google-chrome"].find(
  (name) => spawnSync(name, ["--version"]).status === 0,
);

/** Why tests in a browser are left out, or false. */
export const withoutBrowser: string | false =
  program === undefined && "no chromium (Debian: apt-get install chromium)";

/** How long a condition is waited for, ms: machines are busy. */
const LIMIT_MS = 240_000;

/** A key as the DevTools protocol wants it. */
const KEYS = {
  Tab: { code: "Tab", windowsVirtualKeyCode: 9 },
  Enter: { code: "Enter", windowsVirtualKeyCode: 13, text: "\r" },
  Escape: { code: "Escape", windowsVirtualKeyCode: 27 },
} as const;

type Params = Record<string, unknown>;

/** The DevTools protocol over one WebSocket (https://chromedevtools.github.io/devtools-protocol/). */
class DevTools {
  private readonly pending = new Map<number, { resolve(result: Params): void; reject(error: Error): void }>();
  private readonly listeners: ((method: string, params: Params, session: string) => void)[] = [];
  private nextId = 1;

  constructor(private readonly socket: WebSocket) {
    socket.on("message", (data: Buffer) => this.receive(JSON.parse(data.toString())));
    socket.on("close", () => {
      for (const { reject } of this.pending.values()) reject(new Error("The browser is gone."));
    });
  }

  send(method: string, params: Params = {}, sessionId?: string): Promise<Params> {
    const id = this.nextId++;
    this.socket.send(JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) }));
    return new Promise((resolve, reject) => this.pending.set(id, { resolve, reject }));
  }

  listen(listener: (method: string, params: Params, session: string) => void): void {
    this.listeners.push(listener);
  }

  private receive(message: {
    id?: number;
    method: string;
    params: Params;
    sessionId: string;
    result: Params;
    error?: { message: string };
  }): void {
    const { id, method, params, sessionId, result, error } = message;
    if (id === undefined) {
      for (const listener of this.listeners) listener(method, params, sessionId);
      return;
    }
    const pending = this.pending.get(id);
    this.pending.delete(id);
    if (error) pending?.reject(new Error(error.message));
    else pending?.resolve(result);
  }
}

/** A page in a browser without a screen. */
export class BrowserPage {
  /** Whatever the page's console was told as an error or a warning, with what it threw. */
  readonly troubles: string[] = [];
  /** Addresses of everything that it asked for. */
  readonly requests: string[] = [];
  /** Statuses of the answers that came over the network, also of those that the page may not see. */
  readonly statuses: number[] = [];

  private constructor(
    private readonly tools: DevTools,
    private readonly session: string,
  ) {
    tools.listen((method, params, session) => {
      if (session === this.session) this.notice(method, params);
    });
  }

  /**
   * Starts a browser, with its profile in a folder of its own, that ends with the test.
   * @param args for the browser, besides the usual ones
   */
  static async open(context: Ending, args: readonly string[] = []): Promise<BrowserPage> {
    const profile = mkdtempSync(join(tmpdir(), "defcon-fiji-"));
    const child = spawn(
      program!,
      [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--remote-debugging-port=0",
        `--user-data-dir=${profile}`,
        ...args,
        "about:blank",
      ],
      { stdio: ["ignore", "ignore", "pipe"], detached: process.platform !== "win32" },
    );
    context.after(async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, "exit");
        // With its helpers, which would write into the profile for a while.
        process.kill(process.platform === "win32" ? child.pid! : -child.pid!, "SIGKILL");
        await ended;
      }
      removeProfile(profile);
    });
    const socket = new WebSocket(await devToolsAddress(child), { perMessageDeflate: false });
    await once(socket, "open");
    const tools = new DevTools(socket);
    const { targetId } = await tools.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await tools.send("Target.attachToTarget", { targetId, flatten: true });
    const page = new BrowserPage(tools, sessionId as string);
    for (const domain of ["Page", "Runtime", "Log", "Network"]) await page.send(`${domain}.enable`);
    return page;
  }

  send(method: string, params: Params = {}): Promise<Params> {
    return this.tools.send(method, params, this.session);
  }

  async goTo(url: string): Promise<void> {
    await this.send("Page.navigate", { url });
  }

  /** The value of an expression in the page. @throws Error where it throws */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = (await this.send("Runtime.evaluate", {
      expression,
      returnByValue: true,
      awaitPromise: true,
    })) as {
      result: { value: T };
      exceptionDetails?: { exception?: { description?: string }; text: string };
    };
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  /** Waits until an expression is true in the page. @throws Error that shows the page's text when that does not happen */
  async waitFor(expression: string): Promise<void> {
    const end = Date.now() + LIMIT_MS;
    // While a page is left for another one there is nothing to ask.
    while (!(await this.evaluate<boolean>(`Boolean(${expression})`).catch(() => false))) {
      if (Date.now() > end) {
        const text = await this.text().catch(String);
        throw new Error(`In vain waited for ${expression}; the page shows:\n${text}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** What a reader sees of the page, as text. */
  text(): Promise<string> {
    return this.evaluate("document.body.innerText");
  }

  async press(key: keyof typeof KEYS, { shift = false } = {}): Promise<void> {
    const event = { key, ...KEYS[key], modifiers: shift ? 8 : 0 };
    await this.send("Input.dispatchKeyEvent", { type: "keyDown", ...event });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", ...event });
  }

  async setScheme(scheme: "light" | "dark"): Promise<void> {
    const features = [{ name: "prefers-color-scheme", value: scheme }];
    await this.send("Emulation.setEmulatedMedia", { features });
  }

  async setSize(width: number, height: number): Promise<void> {
    const metrics = { width, height, deviceScaleFactor: 1, mobile: false };
    await this.send("Emulation.setDeviceMetricsOverride", metrics);
  }

  /** What the window shows, as a PNG. */
  async screenshot(): Promise<Buffer> {
    const { data } = await this.send("Page.captureScreenshot", { format: "png" });
    return Buffer.from(data as string, "base64");
  }

  private notice(method: string, params: Params): void {
    if (method === "Network.requestWillBeSent") {
      this.requests.push((params as { request: { url: string } }).request.url);
    } else if (method === "Network.responseReceivedExtraInfo") {
      this.statuses.push((params as { statusCode: number }).statusCode);
    } else if (method === "Runtime.exceptionThrown") {
      this.troubles.push(JSON.stringify(params));
    } else if (method === "Runtime.consoleAPICalled") {
      if (["error", "warning", "assert"].includes(params.type as string))
        this.troubles.push(JSON.stringify(params));
    } else if (method === "Log.entryAdded") {
      const { entry } = params as { entry: { level: string; text: string; url?: string } };
      if (["error", "warning"].includes(entry.level)) this.troubles.push(`${entry.text} ${entry.url ?? ""}`);
    }
  }
}

/** What a helper that ends late still writes is no fault of what was tested. */
function removeProfile(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  } catch {
    console.error(`Could not remove all of ${folder}.`);
  }
}

async function devToolsAddress(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stderr! })) {
    const address = /DevTools listening on (ws:\S+)/.exec(line)?.[1];
    if (!address) continue;
    child.stderr!.resume();
    return address;
  }
  throw new Error("The browser ended at once.");
}

import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import type { DaemonEvent } from "../../src/daemon/daemon-event.js";
import { BrowserPage, withoutBrowser } from "../support/chromium.js";
import { type RunningDaemon, runDaemon } from "../support/daemon.js";

const skip = withoutBrowser;
/** A name of somebody else that the browser is told to find on this machine, as a rebound name is. */
const FOREIGN = "evil.example";

interface Attack extends RunningDaemon {
  page: BrowserPage;
  /** What the daemon has told. */
  events: DaemonEvent[];
}

/** A daemon, and a browser whose page is on another site of this machine. */
async function attack(t: TestContext): Promise<Attack> {
  const events: DaemonEvent[] = [];
  const running = await runDaemon(t, { onEvent: (event) => events.push(event) });
  const site = createServer((_, response) => {
    response.setHeader("content-type", "text/html");
    response.end("<!doctype html><title>somebody's page</title><p>here</p>");
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => site.once("listening", resolve));
  t.after(() => site.close().closeAllConnections());
  const page = await BrowserPage.open(t, [`--host-resolver-rules=MAP ${FOREIGN} 127.0.0.1`]);
  await page.goTo(`http://${FOREIGN}:${(site.address() as AddressInfo).port}/`);
  await page.waitFor('document.body?.innerText === "here"');
  return { ...running, page, events };
}

/** What becomes of a WebSocket that the page opens: "open" or "refused". */
function webSocket(page: BrowserPage, url: string): Promise<string> {
  return page.evaluate(`new Promise((resolve) => {
    const socket = new WebSocket(${JSON.stringify(url)});
    socket.onopen = () => resolve("open");
    socket.onerror = () => resolve("refused");
  })`);
}

/** What a page reads of an address: its text, "opaque" where it may not look, or "failed". */
function fetched(page: BrowserPage, url: string, options: object = {}): Promise<string> {
  return page.evaluate(`fetch(${JSON.stringify(url)}, ${JSON.stringify(options)})
    .then((response) => response.type === "opaque" ? "opaque" : response.text(), () => "failed")`);
}

/** Whether clients are still served, and nobody else was let in. */
async function nobodyElseCame({ connect, events }: Attack): Promise<void> {
  assert.deepEqual(
    events.filter(({ event }) => event === "connected"),
    [],
  );
  const client = await connect();
  assert.ok((await client.listModels()).length > 0);
  await client.close();
}

test("a page of another site reads nothing and opens no WebSocket, whatever it tries", {
  skip,
}, async (t) => {
  const attacked = await attack(t);
  const { page, daemon } = attacked;
  const place = `127.0.0.1:${daemon.port}`;
  for (const host of [place, `localhost:${daemon.port}`]) {
    for (const path of ["", "api/status", "api/status/stream"]) {
      assert.equal(await fetched(page, `http://${host}/${path}`), "failed", path);
    }
    const ask = { method: "POST", headers: { authorization: "Bearer guess" }, body: "{}" };
    assert.equal(await fetched(page, `http://${host}/api/tickets`, ask), "failed");
    assert.equal(await webSocket(page, `ws://${host}/`), "refused");
  }
  // Without a look at the answer a browser sends more; a daemon that answered would still do nothing.
  for (const method of ["GET", "POST"]) {
    const found = await fetched(page, `http://${place}/api/tickets`, { mode: "no-cors", method });
    assert.ok(["opaque", "failed"].includes(found), found);
  }
  const loaded = await page.evaluate(`new Promise((resolve) => {
    const script = document.createElement("script");
    script.src = "http://${place}/main.js";
    script.onload = () => resolve("loaded");
    script.onerror = () => resolve("refused");
    document.head.append(script);
  })`);
  assert.equal(loaded, "refused");
  const frame = await page.evaluate(`new Promise((resolve) => {
    const frame = document.createElement("iframe");
    frame.src = "http://${place}/";
    frame.onload = () => {
      try { resolve(frame.contentDocument?.body.innerText ?? "not to be seen"); }
      catch { resolve("not to be seen"); }
    };
    document.body.append(frame);
  })`);
  assert.equal(frame, "not to be seen");
  assert.ok(page.statuses.includes(403), `the daemon answered ${page.statuses}`);
  await nobodyElseCame(attacked);
});

test("a page whose name was made to point to the daemon is told nothing by it", { skip }, async (t) => {
  const attacked = await attack(t);
  const { page, daemon } = attacked;
  // The name now leads to the daemon itself, so that it is the page's own site.
  const site = `http://${FOREIGN}:${daemon.port}`;
  await page.goTo(`${site}/`);
  await page.waitFor(`location.origin === ${JSON.stringify(site)} && document.body?.innerText`);
  assert.doesNotMatch(await page.text(), /defcon/i);
  for (const path of ["/", "/api/status", "/main.js"]) {
    const status = `fetch(${JSON.stringify(path)}).then(({ status }) => status)`;
    assert.equal(await page.evaluate(status), 403, path);
  }
  assert.equal(await webSocket(page, `ws://${FOREIGN}:${daemon.port}/`), "refused");
  await nobodyElseCame(attacked);
});

test("the daemon's own page may open a WebSocket, which serves nobody without the token", {
  skip,
}, async (t) => {
  const attacked = await attack(t);
  const { page, daemon } = attacked;
  const place = `127.0.0.1:${daemon.port}`;
  await page.goTo(`http://${place}/`);
  await page.waitFor(`location.host === ${JSON.stringify(place)} && document.readyState === "complete"`);
  assert.equal(await webSocket(page, `ws://${place}/`), "open");
  await nobodyElseCame(attacked);
});

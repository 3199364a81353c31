import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { PNG } from "pngjs";
import { statusLink } from "../../src/daemon/status/status-client.js";
import type { ClientTraining } from "../../src/protocol/client.js";
import { readDiscovery } from "../../src/protocol/discovery.js";
import { BrowserPage, withoutBrowser } from "../support/chromium.js";
import { collect } from "../support/collect.js";
import { startCommand } from "../support/command.js";
import { type RunningDaemon, runDaemon, temporaryHome } from "../support/daemon.js";
import { type OracleStack, oracleStacks, RANDOM_MODEL, SHIPPED_MODEL } from "../support/oracle.js";
import { temporaryFolder } from "../support/temporary.js";
import { spotSamples, writeTrainingSet } from "../support/training-set.js";

const skip = withoutBrowser;
const stack = oracleStacks().find(({ pixelType }) => pixelType === "uint16")!;
const folder = temporaryFolder({ after });
const set = join(folder, "set.h5");
if (!skip) await writeTrainingSet(set, spotSamples(24, 16));

/** The figure of a term in a list of facts, as the reader sees it. */
const fact = (panel: string, term: string) =>
  `[...document.querySelectorAll(${JSON.stringify(`${panel} dt`)})].find((dt) => dt.textContent === ${JSON.stringify(term)})?.nextSibling.textContent`;
const state = 'document.querySelector("#state").textContent';

async function sendAll(
  { connect }: RunningDaemon,
  { pixels, width, height, pixelType, frames }: OracleStack,
  change = {},
) {
  const client = await connect();
  const stream = await client.openStream({ width, height, pixelType, maxLocalCount: true, ...change });
  const answers = collect(stream.results());
  for (let i = 0; i < frames; i++) {
    await stream.send(pixels.subarray(i * width * height, (i + 1) * width * height));
  }
  return { client, stream, answers };
}

/** Counts that the page shows with their errors. */
const WITH_ERROR = /^\d+\.\d\d ± \d+\.\d\d$/;

function train({ connect }: RunningDaemon, output: string, epochs: number): Promise<ClientTraining> {
  const stage = { batchSize: 8, epochs, learningRate: 1e-3 };
  return connect().then((client) =>
    client.train({
      set,
      output: join(folder, output),
      order: "both",
      density: { ...stage, loss: "pixel" },
      dropout: false,
      patience: epochs,
    }),
  );
}

/** Opens a page by a link of the daemon that runs, and waits for what it is told first. */
async function openPage(page: BrowserPage): Promise<void> {
  await page.goTo(await statusLink((await readDiscovery())!));
  await page.waitFor(`${state} === "live"`);
}

test("the page shows the streams' and the training's own numbers, asks nobody else, and complains of nothing", {
  skip,
}, async (t) => {
  const running = await runDaemon(t);
  const page = await BrowserPage.open(t);
  await openPage(page);
  assert.equal(await page.evaluate("location.href"), `http://127.0.0.1:${running.daemon.port}/`);
  assert.match(await page.text(), /No stream is open/);

  const { client, stream } = await sendAll(running, stack);
  const [count, local] = [stack.count.at(-1)!.toFixed(2), stack.maxLocalCount["7"].at(-1)!.toFixed(2)];
  await page.waitFor(`${fact("#stream-list", "counted")} === "${stack.frames}"`);
  assert.equal(await page.evaluate(fact("#stream-list", "count")), count);
  assert.equal(await page.evaluate(fact("#stream-list", "max local count")), local);
  assert.equal(await page.evaluate(fact("#stream-list", "received")), String(stack.frames));
  assert.equal(await page.evaluate(fact("#stream-list", "dropped")), "0");
  assert.match(await page.text(), new RegExp(`random_defcon, ${stack.width} × ${stack.height} uint16`));
  const image = "#stream-list img";
  await page.waitFor(`document.querySelector("${image}")?.naturalWidth > 0`);
  assert.equal(await page.evaluate(`document.querySelector("${image}").naturalWidth`), stack.width);
  assert.match(
    await page.evaluate<string>(`document.querySelector("${image}").alt`),
    /^Density map of frame \d+, count \d+\.\d\d$/,
  );
  await page.waitFor(
    `document.querySelector("#stream-list .plot")?.getAttribute("aria-label").includes("${count}")`,
  );

  const training = await train(running, "shown", 3);
  const path = await training.finished;
  await page.waitFor(`${fact("#training-list", "state")} === "finished"`);
  assert.equal(await page.evaluate(fact("#training-list", "model")), path);
  const events = (await running.connect().then((other) => other.watchTraining(training.id))).events();
  const epochs = (await collect(events)).flatMap((event) => (event.event === "epoch" ? [event.record] : []));
  const last = epochs.at(-1)!;
  assert.equal(epochs.length, 3);
  const curve = 'document.querySelector("#training-list .plot").getAttribute("aria-label")';
  const [loss, validation] = [last.loss, last.validationLoss].map((value) => Number(value.toPrecision(4)));
  assert.match(
    await page.evaluate<string>(curve),
    new RegExp(`3 epochs, the last with a loss of ${loss} and a validation loss of ${validation} in both`),
  );

  await stream.close();
  await client.close();
  await page.waitFor('document.querySelector("#stream-list article").classList.contains("ended")');
  const elsewhere = page.requests.filter((url) => !/^(blob:)?http:\/\/127\.0\.0\.1:/.test(url));
  assert.deepEqual(
    elsewhere.filter((url) => url !== "about:blank"),
    [],
  );
  assert.deepEqual(
    page.requests.filter((url) => url.includes("ticket") || url.includes(running.token)),
    [],
  );
  assert.deepEqual(page.troubles, []);
});

test("a count has its error beside it, and words say that a frame is unlike the training", {
  skip,
}, async (t) => {
  const running = await runDaemon(t);
  const page = await BrowserPage.open(t);
  await openPage(page);
  const { client, stream, answers } = await sendAll(running, stack, { model: SHIPPED_MODEL, pixelSize: 500 });
  await page.waitFor(`${fact("#stream-list", "counted")} === "${stack.frames}"`);
  assert.match(await page.evaluate<string>(fact("#stream-list", "count")), WITH_ERROR);
  assert.match(await page.evaluate<string>(fact("#stream-list", "max local count")), WITH_ERROR);
  assert.match(await page.evaluate<string>(fact("#stream-list", "away from spots")), /^\d+ %$/);
  await stream.close();
  const last = (await answers).at(-1)!;
  assert.ok(last.kind === "result" && last.certainty?.unlike);
  const words = `The newest frame is unlike the training: ${last.certainty.unlike}. Its error may be larger.`;
  assert.ok((await page.text()).includes(words), await page.text());
  await client.close();
});

test("a training is cancelled by the keyboard alone, and not before that was confirmed", {
  skip,
}, async (t) => {
  const running = await runDaemon(t);
  const training = await train(running, "cancelled", 100_000);
  training.finished.catch(() => undefined);
  const page = await BrowserPage.open(t);
  await openPage(page);
  await page.waitFor('document.querySelector("#training-list button")?.checkVisibility()');
  const focused = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent";

  await page.press("Tab");
  assert.equal(await page.evaluate(focused), "Skip to streams");
  const outline = "getComputedStyle(document.activeElement).outlineStyle";
  assert.equal(await page.evaluate(outline), "solid");
  await page.press("Enter");
  assert.equal(await page.evaluate("document.activeElement.id"), "streams");
  await page.press("Tab");
  assert.equal(await page.evaluate(focused), `Cancel training ${training.id} of defcon`);
  assert.equal(await page.evaluate(outline), "solid");

  await page.press("Enter");
  await page.waitFor('document.querySelector("dialog").open');
  assert.equal(await page.evaluate(focused), "Let it go on");
  await page.press("Escape");
  await page.waitFor('!document.querySelector("dialog").open');
  assert.equal(await page.evaluate(focused), `Cancel training ${training.id} of defcon`);
  await page.press("Enter");
  await page.waitFor('document.querySelector("dialog").open');
  await page.press("Enter");
  await page.waitFor('!document.querySelector("dialog").open');
  const client = await running.connect();
  assert.equal((await client.trainings())[0]!.state, "running");

  await page.press("Enter");
  await page.waitFor('document.querySelector("dialog").open');
  await page.press("Tab");
  assert.equal(await page.evaluate(focused), "Cancel training");
  await page.press("Enter");
  await assert.rejects(training.finished, { code: "CANCELLED" });
  await page.waitFor(`${fact("#training-list", "state")} === "cancelled"`);
  assert.equal((await client.trainings())[0]!.state, "cancelled");
  assert.deepEqual(page.troubles, []);
  await client.close();
});

test("it is readable in the light, in the dark and on a narrow screen", { skip }, async (t) => {
  const running = await runDaemon(t);
  const page = await BrowserPage.open(t);
  await page.setSize(1100, 800);
  await openPage(page);
  const { client, stream } = await sendAll(running, stack);
  await page.waitFor(`${fact("#stream-list", "counted")} === "${stack.frames}"`);
  for (const [scheme, isPaper] of [
    ["light", (lightness: number) => lightness > 0.9],
    ["dark", (lightness: number) => lightness < 0.1],
  ] as const) {
    await page.setScheme(scheme);
    // Colours of all that is written: at least 4.5 to 1 against the page (WCAG 2.2, 1.4.3).
    const contrasts = await page.evaluate<{ text: string; ratio: number; paper: number }[]>(CONTRASTS);
    assert.ok(contrasts.length > 20);
    assert.ok(isPaper(contrasts[0]!.paper), scheme);
    assert.deepEqual(
      contrasts.filter(({ ratio }) => ratio < 4.5),
      [],
      scheme,
    );
    // The picture is drawn, and mostly paper.
    const { width, data } = PNG.sync.read(await page.screenshot());
    assert.equal(width, 1100);
    assert.ok(isPaper(data[4 * (width + 1)]! / 255));
  }
  await page.setSize(360, 740);
  await page.waitFor("innerWidth === 360");
  await page.waitFor("document.documentElement.scrollWidth <= document.documentElement.clientWidth");
  assert.deepEqual(page.troubles, []);
  await stream.close();
  await client.close();
});

/** The contrast of every piece of text in the page with what is behind it (WCAG 2.2, relative luminance). */
const CONTRASTS = `(() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
  };
  const paper = luminance(behind(document.body));
  return [...document.querySelectorAll("body *")]
    .filter((node) => node.checkVisibility() && !node.matches(".skip") && [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim()))
    .map((node) => {
      const [a, b] = [luminance(numbers(getComputedStyle(node).color)), luminance(behind(node))];
      return { text: node.textContent, ratio: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), paper };
    });
})()`;

test("a page without a key, or with one that was used, says what to do", { skip }, async (t) => {
  const running = await runDaemon(t);
  const link = await statusLink((await readDiscovery())!);
  const page = await BrowserPage.open(t);
  await page.goTo(`http://127.0.0.1:${running.daemon.port}/`);
  await page.waitFor(`${state} === "not let in"`);
  assert.match(await page.text(), /defcon-fiji status --open/);
  await page.goTo(link);
  await page.waitFor(`${state} === "live"`);
  await page.send("Page.reload");
  await page.waitFor(
    `performance.getEntriesByType("navigation")[0].type === "reload" && ${state} === "live"`,
  );
  const other = await BrowserPage.open(t);
  await other.goTo(link);
  await other.waitFor(`${state} === "not let in"`);
  assert.match(await other.text(), /one that was used or has expired[\s\S]*defcon-fiji status --open/);
  assert.equal(await other.evaluate("location.hash"), "");
});

test("the page says that the daemon was killed, and goes on by itself with the next one", {
  skip,
}, async (t) => {
  const home = temporaryHome(t);
  const first = await serve(home, 0);
  t.after(() => end(first));
  const page = await BrowserPage.open(t);
  await openPage(page);
  const { port } = (await readDiscovery())!;
  await end(first);
  await page.waitFor(`${state} === "the daemon is gone; trying again"`);
  assert.match(await page.text(), /The daemon does not answer\s+Since \d\d:\d\d:\d\d/);
  assert.equal(await page.evaluate("document.querySelector('#state').getAttribute('role')"), "status");
  const second = await serve(home, port);
  t.after(() => end(second));
  await page.waitFor(`${state} === "live"`);
  await page.waitFor(`document.querySelector("#program").textContent.includes("process ${second.pid}")`);
  assert.doesNotMatch(await page.text(), /does not answer/);
});

/** A daemon in a process of its own that can be killed. */
async function serve(home: string, port: number): Promise<ChildProcess> {
  const child = startCommand(["serve", "--port", String(port), "-m", RANDOM_MODEL, "--json"], home);
  const lines = createInterface({ input: child.stdout! });
  await once(lines, "line");
  child.stderr!.resume();
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

import assert from "node:assert/strict";
import { request } from "node:http";
import { connect as connectSocket } from "node:net";
import { after, mock, test } from "node:test";
import { PNG } from "pngjs";
import { VERSION } from "../../../src/base/version.js";
import { credentialOf, PageAccess } from "../../../src/daemon/status/page-access.js";
import type {
  StatusMessage,
  StatusRefusal,
  StatusSession,
} from "../../../src/daemon/status/status-message.js";
import { collect } from "../../support/collect.js";
import { RawClient, runDaemon, streamRequest } from "../../support/daemon.js";
import { type OracleStack, oracleStacks, SHIPPED_MODEL } from "../../support/oracle.js";

const running = await runDaemon({ after });
const { daemon, token } = running;
const stacks = oracleStacks();
const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });

interface Answer {
  status: number | undefined;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
  json<T>(): T;
}

function ask(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request(
      { host: "127.0.0.1", port: daemon.port, path, method, headers, agent: false },
      async (response) => {
        const body = Buffer.concat(await collect<Buffer>(response));
        const { statusCode: status } = response;
        resolve({ status, headers: response.headers, body, json: () => JSON.parse(body.toString()) });
      },
    )
      .on("error", reject)
      .end();
  });
}

async function status(): Promise<StatusMessage> {
  const answer = await ask("/api/status", bearer(token));
  assert.equal(answer.status, 200);
  return answer.json();
}

/** A page that looks, as far as the daemon can tell. */
interface Watcher {
  /** The next message. */
  next(): Promise<StatusMessage>;
  /** Reads on to the first message that is as wanted. */
  until(holds: (message: StatusMessage) => boolean): Promise<StatusMessage>;
  /** Whether the daemon has ended it, once it has. */
  ended: Promise<void>;
  close(): void;
}

function watch(port = daemon.port, secret = token): Promise<Watcher> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: "127.0.0.1", port, path: "/api/status/stream", headers: bearer(secret), agent: false },
      (response) => {
        if (response.statusCode !== 200) return reject(new Error(String(response.statusCode)));
        const messages: StatusMessage[] = [];
        let wake: () => void = () => undefined;
        let rest = "";
        response.setEncoding("utf8").on("data", (chunk: string) => {
          const lines = (rest + chunk).split("\n");
          rest = lines.pop()!;
          messages.push(...lines.map((line) => JSON.parse(line) as StatusMessage));
          wake();
        });
        const next = async () => {
          while (messages.length === 0) await new Promise<void>((ready) => (wake = ready));
          return messages.shift()!;
        };
        resolve({
          next,
          async until(holds) {
            let message = await next();
            while (!holds(message)) message = await next();
            return message;
          },
          ended: new Promise((over) => response.once("end", over)),
          close: () => asked.destroy(),
        });
      },
    );
    asked.on("error", reject).end();
  });
}

async function countStack(stack: OracleStack, change = {}, { connect } = running) {
  const { width, height, pixelType, pixels, frames } = stack;
  const client = await connect();
  const stream = await client.openStream({ width, height, pixelType, maxLocalCount: true, ...change });
  const answers = collect(stream.results());
  for (let i = 0; i < frames; i++) {
    await stream.send(pixels.subarray(i * width * height, (i + 1) * width * height));
  }
  await stream.close();
  return { client, answers: await answers };
}

test("the page is there for anybody, with nothing in it that is a secret, and may load nothing from elsewhere", async () => {
  const page = await ask("/");
  assert.equal(page.status, 200);
  assert.match(page.body.toString(), /<title>defcon-fiji<\/title>/);
  const policy = String(page.headers["content-security-policy"]);
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe|\*|https?:/);
  assert.match(policy, /frame-ancestors 'none'/);
  const files = [...page.body.toString().matchAll(/(?:src|href)="([^"#]+)"/g)].map((match) => match[1]!);
  assert.ok(files.includes("main.js") && files.includes("uplot.css"));
  for (const path of ["", ...files].map((name) => `/${name}`)) {
    const { status, headers, body } = await ask(path);
    assert.equal(status, 200, path);
    assert.equal(headers["cache-control"], "no-store");
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.equal(headers["referrer-policy"], "no-referrer");
    assert.equal(headers["cross-origin-resource-policy"], "same-origin");
    assert.equal(headers["access-control-allow-origin"], undefined);
    assert.ok(!body.includes(token));
    const head = await ask(path, {}, "HEAD");
    assert.deepEqual([head.status, head.body.length], [200, 0]);
    assert.equal(head.headers["content-length"], String(body.length));
  }
});

test("without a key nothing is told, and what to do is", async () => {
  const paths = ["/api/status", "/api/status/stream", "/api/streams/1/map.png"];
  const commands = ["/api/tickets", "/api/sessions", "/api/trainings/1/cancel"];
  const keys = [
    {},
    bearer("wrong"),
    bearer(""),
    { authorization: `Basic ${token}` },
    { authorization: token },
  ];
  for (const [method, list] of [
    ["GET", paths],
    ["POST", commands],
  ] as const) {
    for (const path of list) {
      for (const headers of keys as Record<string, string>[]) {
        const answer = await ask(`${path}?token=${token}`, headers, method);
        assert.equal(answer.status, 401, path);
        assert.equal(answer.headers["www-authenticate"], "Bearer");
        const { code, message, advice } = answer.json<StatusRefusal>();
        assert.equal(code, "PROTOCOL_TOKEN");
        assert.match(message, /^status page: expected the key/);
        assert.match(advice, /defcon-fiji status --open/);
      }
    }
  }
});

test("a ticket opens one session, which may look and nothing else", async () => {
  const { ticket } = (await ask("/api/tickets", bearer(token), "POST")).json<{ ticket: string }>();
  const present = { authorization: `Ticket ${ticket}` };
  assert.equal((await ask("/api/status", present)).status, 401);
  const opened = await ask("/api/sessions", present, "POST");
  assert.equal(opened.status, 200);
  const { session, expires } = opened.json<StatusSession>();
  assert.ok(expires * 1000 > Date.now());
  assert.equal((await ask("/api/sessions", present, "POST")).status, 401);
  assert.equal((await ask("/api/status", bearer(session))).status, 200);
  assert.equal((await ask("/api/tickets", bearer(session), "POST")).status, 401);
  await assert.rejects(RawClient.greeted(running.url, session));
});

test("a session lasts from one daemon of the user to the next, until it expires; a ticket lasts minutes", () => {
  mock.timers.enable({ apis: ["Date"], now: Date.UTC(2026, 0, 1) });
  try {
    const key = Buffer.alloc(32, 7);
    let now = 0;
    const [first, next, foreign] = [
      new PageAccess("first", key, () => now),
      new PageAccess("next", key),
      new PageAccess("next", Buffer.alloc(32, 8)),
    ];
    const ticket = () => credentialOf(`Ticket ${first.issueTicket(credentialOf("Bearer first"))}`);
    const { session } = first.redeem(ticket());
    const mine = credentialOf(`Bearer ${session}`);
    next.check(mine);
    const code = "PROTOCOL_TOKEN";
    assert.throws(() => foreign.check(mine), { code });
    const [expires, signature] = session.split(".");
    assert.throws(() => next.check(credentialOf(`Bearer ${Number(expires) + 1}.${signature}`)), { code });
    const [late, soon] = [ticket(), ticket()];
    now += 9 * 60_000;
    // The machine's clock is set, which makes no ticket older or younger.
    mock.timers.setTime(Date.UTC(2026, 0, 3));
    first.redeem(soon);
    mock.timers.setTime(Date.UTC(2025, 11, 31));
    now += 2 * 60_000;
    assert.throws(() => first.redeem(late), { code });
    next.check(mine);
    mock.timers.setTime(Date.UTC(2026, 0, 9));
    assert.throws(() => next.check(mine), { code });
  } finally {
    mock.timers.reset();
  }
});

test("links that were given out and not used do not add up", () => {
  const access = new PageAccess("token", Buffer.alloc(32));
  const issue = () => access.issueTicket(credentialOf("Bearer token"));
  const tickets = Array.from({ length: 40 }, issue).map((ticket) => credentialOf(`Ticket ${ticket}`));
  assert.throws(() => access.redeem(tickets[0]), { code: "PROTOCOL_TOKEN" });
  access.redeem(tickets[39]);
});

test("no path leads out of the page's folder", async () => {
  const targets = [
    "/../package.json",
    "/..%2fpackage.json",
    "/%2e%2e/package.json",
    "/..\\package.json",
    "//etc/passwd",
  ];
  const inside = [
    "/index.html/",
    "/.",
    "/./index.html",
    "/main.js%00",
    "/web/main.js",
    "/tsconfig.json",
    "/main.ts",
  ];
  for (const target of [
    ...targets,
    ...inside,
    "/constructor",
    "/api",
    "/api/",
    "/api/status/",
    "/uplot/dist/uPlot.esm.js",
  ]) {
    const text = await new Promise<string>((resolve, reject) => {
      const socket = connectSocket(daemon.port, "127.0.0.1", () =>
        socket.write(`GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${daemon.port}\r\nConnection: close\r\n\r\n`),
      );
      let got = "";
      socket.setEncoding("utf8").on("data", (chunk) => {
        got += chunk;
      });
      socket.on("close", () => resolve(got)).on("error", reject);
    });
    assert.match(text, /^HTTP\/1\.1 404 /, target);
    assert.doesNotMatch(text, /"name"|root:|DOCTYPE/i);
  }
});

test("other methods are refused, with those that are answered", async () => {
  for (const [method, path, allow] of [
    ["POST", "/", "GET, HEAD"],
    ["DELETE", "/main.js", "GET, HEAD"],
    ["PUT", "/api/status", "GET"],
    ["GET", "/api/tickets", "POST"],
    ["GET", "/api/trainings/1/cancel", "POST"],
  ] as const) {
    const answer = await ask(path, bearer(token), method);
    assert.deepEqual([answer.status, answer.headers.allow], [405, allow]);
  }
  const preflight = await ask("/api/status", { origin: `http://127.0.0.1:${daemon.port}` }, "OPTIONS");
  assert.equal(preflight.status, 405);
});

test("a stream is told of with the frames that were sent and the counts that TensorFlow has for them", async () => {
  const stack = stacks[0]!;
  const { client, answers } = await countStack(stack);
  const n = stack.frames;
  const stream = (await status()).streams.at(-1)!;
  const { width, height, pixelType, received, results, dropped, failed, waiting, open, model } = stream;
  assert.deepEqual([width, height, pixelType], [stack.width, stack.height, stack.pixelType]);
  assert.deepEqual([received, results, dropped, failed, waiting, open], [n, n, 0, 0, 0, false]);
  assert.equal(model, "random_defcon");
  assert.ok(Math.abs(stream.latest!.count - stack.count.at(-1)!) < 1e-4);
  assert.ok(Math.abs(stream.latest!.maxLocalCount - stack.maxLocalCount["7"].at(-1)!) < 1e-4);
  const times = answers.map((answer) => (answer.kind === "result" ? answer.predictMs : Number.NaN));
  assert.ok(
    stream.predictMs! >= Math.min(...times) * 0.999 && stream.predictMs! <= Math.max(...times) * 1.001,
  );
  await client.close();
});

test("of the newest frame it is told how far its counts are to be trusted, in few characters", async () => {
  const random = await countStack(stacks[0]!);
  assert.equal((await status()).streams.at(-1)!.latest!.certainty, null);
  await random.client.close();
  const { client, answers } = await countStack(stacks[0]!, { model: SHIPPED_MODEL, pixelSize: 500 });
  const answer = answers.at(-1)!;
  assert.ok(answer.kind === "result" && answer.certainty);
  const told = (await status()).streams.at(-1)!.latest!.certainty!;
  const { countError, maxLocalCountError, away, unlike } = answer.certainty;
  assert.ok(Math.abs(told.countError - countError) <= 1e-4);
  assert.ok(Math.abs(told.maxLocalCountError! - maxLocalCountError!) <= 1e-4);
  assert.ok(Math.abs(told.away - away) <= 1e-4);
  assert.equal(told.unlike, unlike);
  assert.notEqual(unlike, "");
  assert.ok(JSON.stringify({ ...told, unlike: "" }).length < 100);
  await client.close();
});

test("a stream with another window than the model's is told of without that window's error", async () => {
  const { client } = await countStack(stacks[0]!, { model: SHIPPED_MODEL, pool: 5 });
  const told = (await status()).streams.at(-1)!.latest!.certainty!;
  assert.equal(told.maxLocalCountError, null);
  assert.ok(told.countError > 0);
  await client.close();
});

test("second by second a page is told what the stream's frames came to", async (t) => {
  const stack = stacks[0]!;
  const other = await runDaemon(t);
  const watcher = await watch(other.daemon.port, other.token);
  const { client } = await countStack(stack, {}, other);
  const seconds: { results: number; count: number; most: number }[] = [];
  const done = () => seconds.reduce((sum, { results }) => sum + results, 0) === stack.frames;
  let [answered, second] = [0, 0];
  while (!done()) {
    const message = await watcher.next();
    assert.ok(message.second >= second);
    second = message.second;
    answered += message.throughput.results.reduce((sum, value) => sum + value, 0);
    for (const { history } of message.streams) {
      for (const [i, results] of history.results.entries())
        seconds.push({ results, count: history.count[i]!, most: history.maxLocalCount[i]! });
    }
  }
  assert.equal(answered, stack.frames);
  const total = stack.count.reduce((sum, count) => sum + count, 0);
  const told = seconds.reduce((sum, { results, count }) => sum + results * count, 0);
  assert.ok(Math.abs(told - total) < 1e-3 * Math.abs(total));
  const most = Math.max(...seconds.map((each) => each.most));
  assert.ok(Math.abs(most - Math.max(...stack.maxLocalCount["7"])) < 1e-3);
  watcher.close();
  await client.close();
});

test("frames that were dropped or refused are told apart", async () => {
  const raw = await running.raw();
  raw.send(streamRequest({ latestOnly: true }));
  const { credits } = await raw.take("streamOpened");
  const pixels = Uint8Array.from({ length: 32 }, (_, i) => i);
  for (let sequence = 0; sequence < credits; sequence++) {
    raw.send({ frame: { stream: 1, sequence, pixels: sequence === 0 ? pixels.subarray(1) : pixels } });
  }
  raw.send({ closeStream: { stream: 1 } });
  let last = await raw.next();
  while (!last.streamClosed) last = await raw.next();
  const { results, dropped } = last.streamClosed;
  const stream = (await status()).streams.at(-1)!;
  assert.deepEqual(
    [stream.received, stream.results, stream.dropped, stream.failed],
    [credits, results, dropped, 1],
  );
  assert.equal(results + dropped + 1, credits);
  assert.match(stream.lastError!, /^frame 0 of stream 1: expected 32 bytes .* found 31 bytes/);
  raw.close();
});

test("a map is made only while somebody looks, and is TensorFlow's in viridis", async () => {
  const stack = stacks[0]!;
  const unseen = await countStack(stack);
  const { id } = (await status()).streams.at(-1)!;
  const none = await ask(`/api/streams/${id}/map.png`, bearer(token));
  assert.deepEqual([none.status, none.json<StatusRefusal>().code], [404, "PROTOCOL_STREAM"]);
  await unseen.client.close();

  const watcher = await watch();
  const { client } = await countStack(stack);
  const { streams } = await watcher.until((message) => message.streams.at(-1)?.map != null);
  const { id: seen, map } = streams.at(-1)!;
  const size = stack.width * stack.height;
  const density = stack.density.subarray(map!.sequence * size, (map!.sequence + 1) * size);
  const high = density.reduce((most, value) => Math.max(most, value), 0);
  assert.deepEqual([map!.width, map!.height], [stack.width, stack.height]);
  assert.ok(Math.abs(map!.high - Math.max(high, 0.02)) < 1e-4);
  assert.ok(Math.abs(map!.count - stack.count[map!.sequence]!) < 1e-4);
  const answer = await ask(`/api/streams/${seen}/map.png`, bearer(token));
  assert.equal(answer.headers["content-type"], "image/png");
  const { width, height, data } = PNG.sync.read(answer.body);
  assert.deepEqual([width, height], [stack.width, stack.height]);
  // The ends of viridis.
  const colourAt = (i: number) => [...data.subarray(4 * i, 4 * i + 3)];
  if (high >= 0.02) assert.deepEqual(colourAt(density.indexOf(high)), [253, 231, 37]);
  const low = density.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  if (low <= 0) assert.deepEqual(colourAt(density.indexOf(low)), [68, 1, 84]);
  watcher.close();
  await client.close();
});

test("a client that wants no map gets none while somebody looks", async () => {
  const watcher = await watch();
  for (const density of [false, true]) {
    const { client, answers } = await countStack(stacks[0]!, { density });
    for (const answer of answers)
      assert.equal(answer.kind === "result" && answer.density !== undefined, density);
    await client.close();
  }
  watcher.close();
});

test("who is connected, the models and what happened are told", async () => {
  const client = await running.connect();
  const { daemon: about, models, connections, log } = await status();
  assert.equal(about.version, VERSION);
  assert.equal(about.pid, process.pid);
  assert.equal(about.engine, "onnxruntime");
  assert.ok(about.memoryBytes > 1e7 && !about.stopping);
  assert.deepEqual(
    models.filter(({ isDefault }) => isDefault).map(({ name, parameters }) => [name, parameters]),
    [["random_defcon", 112_912]],
  );
  assert.equal(connections.length, 1);
  assert.match(connections[0]!.client, /^defcon-fiji /);
  assert.match(log[0]!.text, /^serving on ws:\/\/127\.0\.0\.1:/);
  assert.match(log.at(-1)!.text, /connected; 1 connected$/);
  await client.close();
});

test("a training that is not there cannot be cancelled", async () => {
  const answer = await ask("/api/trainings/99/cancel", bearer(token), "POST");
  assert.deepEqual([answer.status, answer.json<StatusRefusal>().code], [404, "TRAINING_UNKNOWN"]);
});

test("pages over the limit are refused, and there is room again when one goes", async () => {
  const watchers = [];
  for (let i = 0; i < 16; i++) watchers.push(await watch());
  await assert.rejects(watch(), { message: "503" });
  watchers.pop()!.close();
  let another: Watcher | undefined;
  while (!another) another = await watch().catch(() => undefined);
  for (const each of [...watchers, another]) each.close();
});

test("an open page does not keep a daemon that has nothing else to do", async (t) => {
  // It begins to count from the start on; a busy machine is connected well before that.
  const other = await runDaemon(t, { idleExitMs: 5_000 });
  const client = await other.connect();
  const watcher = await watch(other.daemon.port, other.token);
  await client.close();
  const { log } = await watcher.until((message) => message.daemon.stopping);
  assert.match(log.at(-1)!.text, /no connection for a while/);
  await watcher.ended;
});

test("a page is told that the daemon stops, and does not keep it", async (t) => {
  const other = await runDaemon(t);
  const watcher = await watch(other.daemon.port, other.token);
  assert.equal((await watcher.next()).daemon.stopping, false);
  await other.daemon.stop("the test says so");
  const { log } = await watcher.until((message) => message.daemon.stopping);
  assert.match(log.at(-1)!.text, /^stopping \(the test says so\)/);
  await watcher.ended;
});

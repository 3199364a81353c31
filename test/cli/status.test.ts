import assert from "node:assert/strict";
import { once } from "node:events";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { StatusMessage } from "../../src/daemon/status/status-message.js";
import { finished, runCommand, startCommand } from "../support/command.js";
import { RANDOM_MODEL } from "../support/oracle.js";
import { temporaryFolder } from "../support/temporary.js";

test("without a daemon status says how one is started", async (t) => {
  const { code, stdout, stderr } = await runCommand(["status"], temporaryFolder(t));
  assert.deepEqual([code, stdout], [1, ""]);
  assert.equal(
    stderr,
    "defcon-fiji: no daemon is running. Start it: defcon-fiji serve [DAEMON_UNREACHABLE]\n",
  );
});

test("serve tells where its page is and no key, and status opens it by a link that works once", async (t) => {
  const home = temporaryFolder(t);
  const child = startCommand(["serve", "-m", RANDOM_MODEL], home);
  const end = finished(child);
  t.after(() => child.kill("SIGKILL"));
  await once(child.stdout!, "data");
  const { port, token } = JSON.parse(readFileSync(join(home, "daemon.json"), "utf8"));
  const page = `http://127.0.0.1:${port}/`;

  const shown = await runCommand(["status"], home);
  assert.equal(shown.code, 0, shown.stderr);
  assert.match(shown.stdout, new RegExp(`^daemon .*, process ${child.pid}, ws://127.0.0.1:${port}/$`, "m"));
  assert.match(shown.stdout, /^models: random_defcon \(default\)/m);
  const [, ticket] = new RegExp(`^status page: ${page}#ticket=([\\w-]{24})$`, "m").exec(shown.stdout)!;
  const exchange = () =>
    fetch(`${page}api/sessions`, { method: "POST", headers: { authorization: `Ticket ${ticket}` } });
  assert.equal((await exchange()).status, 200);
  assert.equal((await exchange()).status, 401);

  const { stdout } = await runCommand(["status", "--json"], home);
  const status = JSON.parse(stdout) as StatusMessage & { page: string };
  assert.deepEqual([status.page, status.daemon.pid, status.streams.length], [page, child.pid, 0]);
  assert.doesNotMatch(stdout, /ticket/);

  if (process.platform === "linux") {
    const opened = await openedBy(home, ["status", "--open"]);
    assert.match(opened.address, new RegExp(`^${page}#ticket=[\\w-]{24}$`));
    assert.doesNotMatch(opened.stdout, /ticket/);
  }
  child.kill("SIGTERM");
  const served = await end;
  assert.match(
    served.stdout,
    new RegExp(`^status page: ${page} \\(to open it: defcon-fiji status --open\\)$`, "m"),
  );
  for (const text of [served.stdout, served.stderr, shown.stdout, stdout]) assert.ok(!text.includes(token));
});

/** What a desktop was asked to open. */
async function openedBy(home: string, args: string[]): Promise<{ address: string; stdout: string }> {
  const [opener, address] = [join(home, "xdg-open"), join(home, "address")];
  writeFileSync(opener, `#!/bin/sh\nprintf %s "$1" > '${address}'\n`);
  chmodSync(opener, 0o755);
  const child = startCommand(args, home, undefined, { PATH: `${home}:${process.env.PATH}` });
  const { code, stdout } = await finished(child);
  assert.equal(code, 0);
  return { address: readFileSync(address, "utf8"), stdout };
}

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { chooseFiji, findFijis } from "../../src/fiji/find-fiji.js";
import { fijiAt, hasPlugins, usualParents } from "../../src/fiji/places.js";
import { placesInCommands } from "../../src/fiji/running.js";
import { makeFiji } from "../support/fiji.js";
import { temporaryFolder } from "../support/temporary.js";

function at(home: string, variables: Record<string, string> = {}) {
  return { platform: process.platform, home, variables };
}

/** Those of the Fijis found that lie in a folder: the machine may have some of its own. */
function foundIn(home: string): string[] {
  return findFijis(at(home)).filter((folder) => folder.startsWith(home));
}

test("finds both layouts, a download that was unpacked into a folder, and a plain ImageJ, each once", (t) => {
  const home = temporaryFolder(t);
  const expected = [
    makeFiji(home, "Fiji.app"),
    makeFiji(join(home, "Desktop"), "Fiji"),
    makeFiji(join(home, "Downloads", "fiji-stable-linux64-jdk"), "Fiji.app"),
    makeFiji(join(home, "Documents"), "ImageJ"),
  ];
  symlinkSync(expected[0]!, join(home, "Downloads", "Fiji-link"));
  mkdirSync(join(home, "fiji-notes"));
  mkdirSync(join(home, "Desktop", "fiji-project", "plugins"), { recursive: true });
  const found = foundIn(home);
  assert.equal(found.length, expected.length);
  assert.deepEqual(
    found.map((folder) => folder.replace("Downloads/Fiji-link", "Fiji.app")).sort(),
    [...expected].sort(),
  );
});

test("FIJI_HOME decides alone, and must lead to a Fiji", (t) => {
  const home = temporaryFolder(t);
  makeFiji(home);
  const named = makeFiji(join(home, "elsewhere"), "Mine");
  assert.deepEqual(findFijis(at(home, { FIJI_HOME: named })), [named]);
  assert.throws(() => findFijis(at(home, { FIJI_HOME: join(home, "none") })), {
    code: "FIJI_NOT_FOUND",
    message: /FIJI_HOME: expected a Fiji or ImageJ folder, with plugins in it, found none there/,
  });
});

test("uses the only one, and asks which where there are several", (t) => {
  const home = temporaryFolder(t);
  const [first, second] = [makeFiji(home), makeFiji(join(home, "Desktop"))];
  assert.throws(() => chooseFiji(undefined, at(home)), {
    code: "FIJI_NOT_FOUND",
    message: new RegExp(`found \\d+. Say which one: .*--fiji "${first}" or --fiji "${second}"`),
  });
  assert.equal(chooseFiji(second, at(home)), second);
  assert.throws(() => chooseFiji(join(home, "Desktop", "x"), at(home)), { code: "FIJI_NOT_FOUND" });
});

test("takes a folder around a Fiji, or a starter in it, for that Fiji", (t) => {
  const home = temporaryFolder(t);
  const root = makeFiji(home);
  assert.equal(fijiAt(home, hasPlugins), root);
  assert.equal(fijiAt(join(root, "ImageJ-linux64"), hasPlugins), root);
  assert.equal(fijiAt(join(root, "Contents", "MacOS"), hasPlugins), root);
  assert.equal(fijiAt(join(root, "Contents", "MacOS", "ImageJ-macosx"), hasPlugins), root);
  const inBundle = makeFiji(join(home, "new"), "Fiji");
  assert.equal(fijiAt(join(inBundle, "Fiji.app"), hasPlugins), inBundle);
  assert.equal(fijiAt(join(home, "Desktop"), hasPlugins), undefined);
});

test("knows the usual places of each system", () => {
  const mac = usualParents({ platform: "darwin", home: "/Users/a", variables: {} });
  assert.ok(mac.includes("/Applications") && mac.includes(join("/Users/a", "Desktop")));
  const variables = { ProgramFiles: "C:\\Program Files", LOCALAPPDATA: "C:\\Users\\a\\AppData\\Local" };
  const windows = usualParents({ platform: "win32", home: "C:\\Users\\a", variables });
  for (const place of ["C:\\", "C:\\Program Files"]) assert.ok(windows.includes(place), place);
  const linux = usualParents({ platform: "linux", home: "/home/a", variables: {} });
  assert.ok(linux.includes("/opt") && linux.includes(join("/home/a", "Downloads")));
});

test("reads where a running Fiji lies from its command line, on Linux and from ps", () => {
  const linux =
    "/usr/bin/java\0-Dij.dir=/data/my Fiji.app\0-Dplugins.dir=/data/my Fiji.app\0net.imagej.launcher.ClassLauncher\0";
  assert.deepEqual(placesInCommands(linux), ["/data/my Fiji.app", "/data/my Fiji.app"]);
  const mac =
    "/Applications/Fiji.app/Contents/MacOS/ImageJ-macosx -x\n/usr/bin/java -Dfiji.dir=/Users/a/My Fiji -Xmx4g\n/bin/sh";
  assert.deepEqual(placesInCommands(mac), ["/Users/a/My Fiji", "/Applications/Fiji.app/Contents/MacOS"]);
  assert.deepEqual(placesInCommands("/opt/Fiji/fiji-linux-x64\0\n"), ["/opt/Fiji"]);
  assert.deepEqual(placesInCommands("/usr/bin/vim /opt/Fiji/README\n/opt/defcon-fiji/bin/x"), []);
});

test("finds a Fiji that is running from an unusual place", {
  skip: process.platform !== "linux" && "looks at processes in /proc",
}, async (t) => {
  const home = temporaryFolder(t);
  const root = makeFiji(join(home, "data", "lab"), "our tools");
  const running = spawn(process.execPath, [
    "-e",
    "console.log(); setInterval(() => {}, 1e6)",
    "--",
    `-Dij.dir=${root}`,
  ]);
  t.after(() => running.kill());
  await once(running.stdout, "data");
  assert.deepEqual(foundIn(home), [root]);
});

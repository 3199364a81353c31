import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../src/base/home.js";

const read = (path: string) => readFileSync(join(packageRoot, path), "utf8");
const map = read("docs/architecture.md");
const decisions = readdirSync(join(packageRoot, "docs/decisions")).filter((name) => name !== "README.md");

/** Rooms of src/ in the order of the map, top-down. */
const rooms = [...map.matchAll(/^\| `src\/([\w-]+)\/` \|/gm)].map(([, room]) => room!);

/** The paths in a page's code spans that begin with a folder of this repository. */
function pathsNamed(page: string): string[] {
  const folders = readdirSync(packageRoot, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== "dist")
    .map(({ name }) => name);
  return [...page.replaceAll(/```[\s\S]*?```/g, "").matchAll(/`([^`\s]+\/[^`\s]*)`/g)]
    .map(([, path]) => path!)
    .filter((path) => folders.includes(path.split("/")[0]!));
}

function sources(room: string): string[] {
  return readdirSync(join(packageRoot, "src", room), { recursive: true, encoding: "utf8" })
    .map((path) => posix.join("src", room, path.replaceAll("\\", "/")))
    .filter((path) => path.endsWith(".ts") && !path.includes("/generated/"));
}

/** The rooms that a source imports from. */
function roomsUsed(path: string): string[] {
  return [...read(path).matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)]
    .map(([, target]) => posix.join(dirname(path), target!).split("/"))
    .filter((parts) => parts.length > 2)
    .map((parts) => parts[1]!);
}

test("docs/architecture.md has every room of src/, and no other", () => {
  const there = readdirSync(join(packageRoot, "src"), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  assert.deepEqual(rooms.toSorted(), there.map(({ name }) => name).sort());
});

test("a room of src/ uses only rooms that stand below it in docs/architecture.md", () => {
  const upwards = rooms.flatMap((room, place) =>
    sources(room).flatMap((path) =>
      roomsUsed(path)
        .filter((used) => rooms.indexOf(used) < place)
        .map((used) => `${path} uses ${used}`),
    ),
  );
  assert.deepEqual(upwards, []);
});

test("every path of this repository that a page names exists", () => {
  const pages = [
    ...["README.md", "CONTRIBUTING.md", "SECURITY.md"],
    ...readdirSync(join(packageRoot, "docs"), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".md"))
      .map((name) => posix.join("docs", name.replaceAll("\\", "/"))),
  ];
  const missing = pages.flatMap((page) =>
    pathsNamed(read(page))
      .filter((path) => !existsSync(join(packageRoot, path)) && !isPattern(path))
      .map((path) => `${page} names ${path}`),
  );
  assert.ok(pathsNamed(map).length > 100, `${pathsNamed(map).length} paths`);
  assert.deepEqual(missing, []);
});

function isPattern(path: string): boolean {
  const [folder, name] = [posix.dirname(path), posix.basename(path)];
  if (!name.includes("*")) return false;
  const [before, after] = name.split("*") as [string, string];
  return readdirSync(join(packageRoot, folder)).some(
    (file) => file.startsWith(before) && file.endsWith(after),
  );
}

test("docs/decisions/README.md lists every decision once, with its number and title", () => {
  const listed = [...read("docs/decisions/README.md").matchAll(/^- \[(\d{4})\]\((.*?)\) (.*)$/gm)];
  assert.deepEqual(listed.map(([, , name]) => name).sort(), decisions.toSorted());
  for (const [, number, name, title] of listed) {
    assert.ok(name!.startsWith(`${number}-`), name);
    assert.ok(read(`docs/decisions/${name}`).startsWith(`# ${number}. ${title}\n\n`), name);
  }
});

test("docs/architecture.md lists the packages that package.json depends on", () => {
  const { dependencies } = JSON.parse(read("package.json")) as { dependencies: Record<string, string> };
  const table = map.slice(map.indexOf("\n## Dependencies\n"));
  const listed = [...table.matchAll(/^\| ([@\w/-]+)/gm)].map(([, name]) => name!).slice(1);
  assert.deepEqual(listed.sort(), Object.keys(dependencies).sort());
});

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Evaluation } from "../../src/evaluate/evaluate.js";
import { Report } from "../../src/evaluate/report.js";
import { type ReportContent, reportPage } from "../../src/evaluate/report-page.js";
import { summarise } from "../../src/evaluate/summary.js";
import { framesCsv, summaryCsv } from "../../src/evaluate/tables.js";
import { record } from "../support/evaluation.js";
import { temporaryFolder } from "../support/temporary.js";

const EVIL = `a<b>&"c', d`;

function content(): ReportContent {
  const models = ["first", EVIL];
  const records = models.flatMap((model, m) =>
    [0, 4, 9].map((truth, i) =>
      record(truth, truth * (0.8 + m / 10) + 0.1, {
        model,
        frame: i + 1,
        condition: { name: i < 2 ? "dim" : EVIL, pixelSize: 100, psf: "airy" },
        ...(truth > 0 && { signal: 100 * truth, background: 10 }),
      }),
    ),
  );
  const frame = { width: 4, height: 4, pixels: Float32Array.from({ length: 16 }, (_, i) => i) };
  const bad = { condition: EVIL, frame: 3, trueCount: 9, count: 7.3, image: frame };
  const evaluation: Evaluation = {
    models,
    records,
    worst: new Map([[EVIL, [{ ...bad, trueDensity: frame, density: frame }]]]),
    pool: 7,
  };
  const conditions = [{ name: EVIL, frames: 3, width: 4, height: 4, truth: "13 emitters" }];
  return { data: "sets/<one>", conditions, evaluation, summary: summarise(records) };
}

test("frames.csv has a row for each frame and model, names quoted where they must be", () => {
  const [head, first, ...others] = framesCsv(content().evaluation.records).trimEnd().split("\n");
  assert.equal(
    head,
    "model,condition,frame,true_count,count,true_max_local_count,max_local_count,true_map_sum,map_rmse,map_mae,map_difference,emitters_per_um2,emitters_per_1000_pixels,signal,background,psf",
  );
  assert.equal(first, "first,dim,1,0,0.1,0,0.05,0,0.02,0.002,2,0,0,,,airy");
  assert.equal(others.length, 5);
  assert.equal(others[4], `"a<b>&""c', d","a<b>&""c', d",3,9,8.2,4.5,4.1,9,0.02,0.002,2,0.9,9,900,10,airy`);
});

test("summary.csv has a row for each model over all frames, then for each group", () => {
  const [head, ...rows] = summaryCsv(content().summary).trimEnd().split("\n");
  assert.equal(
    head,
    [
      "model,grouping,group,frames",
      ...["count", "max_local_count"].map((part) =>
        ["true_mean", "bias", "bias_low", "bias_high", "relative_bias", "mae", "mae_low", "mae_high"]
          .concat(["rmse", "rmse_low", "rmse_high", "correlation"])
          .map((name) => `${part}_${name}`)
          .join(","),
      ),
      "map_rmse,map_mae,map_difference",
    ].join(","),
  );
  const first = rows.filter((row) => row.startsWith("first,")).map((row) => row.split(",").slice(1, 4));
  assert.deepEqual(first.slice(0, 5), [
    ["all", "all", "3"],
    ["condition", "dim", "2"],
    ["condition", '"a<b>&""c\'', ' d"'],
    ["density", "0", "1"],
    ["density", "0.2 to 0.5", "1"],
  ]);
  assert.match(rows[0]!, /^first,all,all,3,4\.33333333,-0\.766666667,/);
});

test("the page is well formed, shows nothing from elsewhere, and runs nothing", () => {
  const page = reportPage(content());
  const open: string[] = [];
  for (const [, closing, name, rest] of page
    .replace(/<!DOCTYPE html>|<style>[\s\S]*?<\/style>/g, "")
    .matchAll(/<(\/?)([a-z0-9]+)((?:"[^"]*"|[^">])*)>/gi)) {
    if (closing) assert.equal(open.pop(), name);
    else if (!rest!.endsWith("/") && !["br", "img", "meta"].includes(name!)) open.push(name!);
  }
  assert.deepEqual(open, []);
  assert.doesNotMatch(page, /<script|<link|<iframe|@import|\son[a-z]+=|url\(/i);
  const sources = [...page.matchAll(/(?:src|href)="([^"]{1,12})/g)].map(([, source]) => source!);
  assert.ok(sources.every((source) => source.startsWith("#") || source.startsWith("data:image/")));
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const [, id] of page.matchAll(/href="#([^"]+)"/g)) assert.ok(ids.includes(id));
});

test("names are shown as they are, whatever they hold", () => {
  const page = reportPage(content());
  assert.ok(!page.includes(EVIL));
  assert.ok(page.includes("a&lt;b&gt;&amp;&quot;c&#39;, d"));
  assert.ok(page.includes("sets/&lt;one&gt;"));
});

test("what seems wrong with the data is on the page, by the condition's name", () => {
  const { conditions, ...rest } = content();
  const told = conditions.map((each) => ({ ...each, warnings: ["x & y look swapped"] }));
  assert.ok(reportPage({ ...rest, conditions: told }).includes("d: x &amp; y look swapped</p>"));
  assert.ok(!reportPage(content()).includes("look swapped"));
});

test("who cannot see the page is told what it shows", () => {
  const page = reportPage(content());
  for (const [image] of page.matchAll(/<img[^>]*>/g)) assert.match(image, / alt="[^"]{8,}"/);
  for (const [svg] of page.matchAll(/<svg[^>]*>/g))
    assert.match(svg, /role="img" aria-label=|aria-hidden="true"/);
  for (const [table] of page.matchAll(/<table>[\s\S]*?<\/table>/g))
    assert.match(table, /<caption>[^<]+<\/caption>/);
  assert.match(page, /<html lang="en">/);
});

test("a report's files appear together, at its end", async (t) => {
  const folder = join(temporaryFolder(t), "report");
  const report = await Report.create(folder);
  assert.ok(readdirSync(folder).every((name) => name.endsWith(".partial")));
  await report.finish(content());
  assert.deepEqual(readdirSync(folder).sort(), ["frames.csv", "report.html", "summary.csv"]);
  await assert.rejects(Report.create(folder), { code: "OUTPUT_EXISTS", message: /--force/ });
  const other = await Report.create(folder, true);
  await other.abort();
  assert.equal(readdirSync(folder).length, 3);
});

test("a place that cannot be written is known before anything is counted", async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, "file"), "");
  await assert.rejects(Report.create(join(folder, "file")), { code: "OUTPUT_WRITE" });
});

const browser = ["chromium", "chromium-browser", "google-chrome"].find(
  (name) => spawnSync(name, ["--version"]).status === 0,
);

test("a browser draws the page, light and dark", { skip: !browser && "needs chromium" }, (t) => {
  const folder = temporaryFolder(t);
  const page = join(folder, "report.html");
  writeFileSync(page, reportPage(content()));
  const sizes = [1, 0].map((scheme) => {
    const picture = join(folder, `${scheme}.png`);
    const options = ["--headless", "--no-sandbox", "--disable-gpu", "--window-size=900,1200"];
    const colours = `--blink-settings=preferredColorScheme=${scheme}`;
    spawnSync(
      browser!,
      [...options, colours, `--user-data-dir=${folder}/profile`, `--screenshot=${picture}`, `file://${page}`],
      {
        timeout: 60_000,
      },
    );
    return readFileSync(picture);
  });
  assert.ok(sizes.every(({ length }) => length > 10_000));
  assert.notDeepEqual(sizes[0], sizes[1]);
});

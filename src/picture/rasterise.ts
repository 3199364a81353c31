import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { initWasm, Resvg } from "@resvg/resvg-wasm";
import { FONT } from "./svg.js";

const require = createRequire(import.meta.url);
let ready: Promise<Buffer> | undefined;

/**
 * The bytes of a PNG file of an SVG drawing.
 * The renderer and its font come from packages: no browser, no native part, no fonts of the system.
 * @param scale pixels per drawing unit
 */
export async function rasterise(svg: string, scale = 1): Promise<Uint8Array> {
  ready ??= prepare();
  const font = await ready;
  const drawing = new Resvg(svg, {
    fitTo: { mode: "zoom", value: scale },
    font: { fontBuffers: [font], defaultFontFamily: FONT, loadSystemFonts: false },
  });
  return drawing.render().asPng();
}

async function prepare(): Promise<Buffer> {
  await initWasm(await readFile(require.resolve("@resvg/resvg-wasm/index_bg.wasm")));
  return await readFile(require.resolve("dejavu-fonts-ttf/ttf/DejaVuSans.ttf"));
}

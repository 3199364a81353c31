import { readFile, writeFile } from "node:fs/promises";

/** Puts text between the lines `<!-- NAME -->` and `<!-- /NAME -->` of a document, in place of what is there. */
export async function fillIn(path: string, parts: Readonly<Record<string, string>>): Promise<void> {
  let document = await readFile(path, "utf8");
  for (const [name, text] of Object.entries(parts)) {
    const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`].map((mark) => document.indexOf(mark));
    if (start === -1 || end! < start!) throw new Error(`${path}: no place for ${name}`);
    const from = start! + `<!-- ${name} -->`.length;
    document = `${document.slice(0, from)}\n${text}\n${document.slice(end)}`;
  }
  await writeFile(path, document);
}

// npm run api-pages [-- OUT_DIR]: the library's pages in docs/api, made of the compiled declarations.
// Beside them it writes report.api.md, which pins every exported name with its type. It replaces
// the pages that it wrote before, and refuses a folder with anything else in it.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Extractor, ExtractorConfig } from "@microsoft/api-extractor";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const out = resolve(process.argv[2] ?? join(root, "docs", "api"));
const MADE = "<!-- Made by npm run api-pages from the comments in src/. -->";
const REPORT = "report.api.md";
/** What a page of several things is called, by their kind. */
const PAGES = {
  Function: { file: "functions.md", title: "Functions" },
  Interface: { file: "interfaces.md", title: "Interfaces" },
  TypeAlias: { file: "types.md", title: "Types" },
  Variable: { file: "constants.md", title: "Constants" },
};

mkdirSync(out, { recursive: true });
const before = readdirSync(out);
const foreign = before.filter((name) => !isOurs(name));
if (foreign.length > 0) {
  console.error(
    `${out}: expected an empty folder, or one with pages of this script alone, found ${foreign.slice(0, 4).join(", ")}. Name another folder.`,
  );
  process.exit(1);
}
const made = pages(exported(), clientNames());
for (const name of before) if (name !== REPORT) rmSync(join(out, name));
for (const [name, text] of made) writeFileSync(join(out, name), text);

/** Whether a file of the folder was written by this script. */
function isOurs(name) {
  if (!name.endsWith(".md") || !statSync(join(out, name)).isFile()) return false;
  const text = readFileSync(join(out, name), "utf8");
  return name === REPORT ? text.startsWith("## API Report File for") : text.startsWith(MADE);
}

/** Names that the client's entry point exports. It only passes on names of other files. */
function clientNames() {
  const text = readFileSync(join(root, "dist", "src", "client.d.ts"), "utf8");
  const lists = [...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].map(([, names]) => names.split(","));
  return new Set(lists.flat().map((name) => name.trim().replace(/^type /, "")));
}

/** Extracts what the library exports, and writes the report. */
function exported() {
  const folder = mkdtempSync(join(tmpdir(), "api-"));
  try {
    const json = join(folder, "api.json");
    const config = ExtractorConfig.prepare({
      configObject: {
        projectFolder: root,
        mainEntryPointFilePath: join(root, "dist", "src", "index.d.ts"),
        compiler: { tsconfigFilePath: join(root, "tsconfig.json"), skipLibCheck: true },
        apiReport: {
          enabled: true,
          reportFolder: out,
          reportTempFolder: folder,
          reportFileName: REPORT,
        },
        docModel: { enabled: true, apiJsonFilePath: json },
        dtsRollup: { enabled: false },
        tsdocMetadata: { enabled: false },
        newlineKind: "lf",
      },
      configObjectFullPath: join(root, "api-extractor.json"),
      packageJsonFullPath: join(root, "package.json"),
    });
    const result = Extractor.invoke(config, {
      localBuild: true,
      messageCallback: (message) => {
        message.handled = true;
        if (message.logLevel === "error" && message.category !== "console") console.error(message.text);
      },
    });
    if (result.errorCount > 0) throw new Error(`${result.errorCount} errors in index.d.ts`);
    return JSON.parse(readFileSync(json, "utf8")).members[0].members;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** File name and text of each page. */
function pages(items, inClient) {
  const classes = items.filter(({ kind }) => kind === "Class");
  const found = classes.map((item) => [`${item.name}.md`, classPage(item)]);
  for (const [kind, { file, title }] of Object.entries(PAGES)) {
    const own = items.filter((item) => item.kind === kind);
    found.push([file, [MADE, `# ${title}`, ...own.map((item) => section(item))].join("\n\n")]);
  }
  const row = (item) => {
    const page = PAGES[item.kind]?.file ?? `${item.name}.md`;
    const anchor = page === `${item.name}.md` ? "" : `#${item.name.toLowerCase()}`;
    const mark = inClient.has(item.name) ? " ◦" : "";
    return `| [${item.name}](${page}${anchor})${mark} | ${cell(firstSentence(item))} |`;
  };
  const table = (kind) => ["| | |", "|---|---|", ...items.filter((item) => item.kind === kind).map(row)];
  const parts = [
    ["Functions", "Function"],
    ["Classes", "Class"],
    ["Constants", "Variable"],
    ["Interfaces", "Interface"],
    ["Types", "TypeAlias"],
  ].map(([title, kind]) => `## ${title}\n\n${table(kind).join("\n")}`);
  const about =
    'What `import ... from "defcon-fiji"` gives. Names with ◦ are in `defcon-fiji/client`, too, which loads nothing native. [library.md](../library.md) shows them at work. [report.api.md](report.api.md) has all of it in one text, which a test compares, so that nothing changes unnoticed.';
  found.push(["README.md", [MADE, "# The library", about, ...parts].join("\n\n")]);
  return found.map(([name, text]) => [name, `${text}\n`]);
}

function classPage(item) {
  const members = item.members.filter(({ name, kind }) => kind === "Constructor" || name !== "");
  return [MADE, ...body(item, "#"), ...members.map((member) => section(member))].join("\n\n");
}

function section(item) {
  return body(item, "##").join("\n\n");
}

/** Heading, words, signature, parameters; of an interface its members in a table. */
function body(item, level) {
  const { text, blocks } = wordsOf(item);
  const name = item.kind === "Constructor" ? "constructor" : item.name;
  const parts = [`${level} ${item.isStatic ? "static " : ""}${name}`, text];
  parts.push(`\`\`\`ts\n${item.excerptTokens.map((token) => token.text).join("")}\n\`\`\``);
  if (item.kind === "Interface" && item.members.length > 0) parts.push(membersTable(item));
  const lines = blocks
    .filter(({ tag }) => tag !== "example")
    .map(({ tag, words }) =>
      tag === "param" ? `- \`${words.replace(/^(\S+)/, "$1`")}` : `- *${tag}* ${words}`,
    );
  if (lines.length > 0) parts.push(lines.join("\n"));
  for (const { tag, words } of blocks) if (tag === "example") parts.push(words);
  return parts.filter((part) => part !== "");
}

function membersTable({ members }) {
  const rows = members.map((member) => {
    const { text, blocks } = wordsOf(member);
    const words = [text, ...blocks.map((block) => `*${block.tag}* ${block.words}`)].filter(Boolean).join(" ");
    const type = member.excerptTokens
      .map((token) => token.text)
      .join("")
      .replace(/;$/, "");
    return `| \`${cell(type)}\` | ${cell(words)} |`;
  });
  return ["| | |", "|---|---|", ...rows].join("\n");
}

/** A comment's description, and its blocks: param, returns, throws, example. */
function wordsOf({ docComment = "" }) {
  const plain = docComment
    .replace(/^\/\*\*|\*\/$/gm, "")
    .replace(/^[ \t]*\* ?/gm, "")
    .replace(/\{@link ([^}|]+)(?:\|[^}]*)?\}/g, "`$1`");
  const [text, ...rest] = plain.split(/(?:^|\s)@(?=(?:param|returns|throws|example|packageDocumentation)\b)/);
  const blocks = rest
    .map((block) => ({ tag: /^\w+/.exec(block)[0], words: block.replace(/^\w+\s*/, "").trim() }))
    .filter(({ tag }) => tag !== "packageDocumentation");
  const joined = (words) => words.trim().replace(/\s*\n\s*/g, " ");
  return {
    text: joined(text),
    blocks: blocks.map(({ tag, words }) => ({ tag, words: tag === "example" ? words : joined(words) })),
  };
}

function firstSentence(item) {
  return /^.*?[.](?=\s|$)/.exec(wordsOf(item).text)?.[0] ?? wordsOf(item).text;
}

function cell(text) {
  return text.replace(/\s+/g, " ").replaceAll("|", "\\|");
}

import { basename } from "node:path";
import { VERSION } from "../base/version.js";
import { findings } from "./findings.js";
import { judgementRows } from "./judgement-rows.js";
import type { TuningContent } from "./report-page.js";

/** A tuned model's card, in Markdown: what it is for, and how well it counts. */
export function tuningCard(content: TuningContent): string {
  const { name, from, stacks, measurement, judgement, cutShort } = content;
  const rows = judgementRows(judgement).map(
    ({ title, before, after }) => `| ${title} | ${before} | ${after} |`,
  );
  return `# ${name}

Tuned by defcon-fiji ${VERSION} from ${from} to the recording ${stacks.map((path) => `\`${basename(path)}\``).join(", ")}, without ground truth${cutShort ? "; the training was ended early" : ""}. It is for frames of that microscope, with the same pixels, exposure and dye. For others use ${from}.

Found in the recording:

${findings(measurement)
  .map(({ title, text }) => `- ${title}: ${text}`)
  .join("\n")}

| | ${from} | ${name} |
|---|---|---|
${rows.join("\n")}

Matched frames are simulations by the same plan, that no training saw: their error tells how well the model learnt what was measured, not whether the measurement is right. Fog and rise are taken on the recording itself.
`;
}

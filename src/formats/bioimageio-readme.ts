import { framesSeen } from "../model/layers.js";
import type { Model } from "../model/weights.js";
import { PUBLICATION } from "./bioimageio-description.js";

/** The documentation inside a model package, in Markdown. */
export function readme({ architecture, pool, provenance }: Model): string {
  const { authors, title, journal, doi } = PUBLICATION;
  const frames = framesSeen(architecture);
  const rows = Object.entries(provenance).map(([key, value]) => `| ${cell(key)} | ${cell(value)} |`);
  return `# ${architecture.name}: emitters per pixel in single-molecule microscopy frames

A ${architecture.description}. It makes a density map of a frame: the sum of the map is the number of
emitters (fluorescing single molecules) in the frame, and the largest sum over a square of ${pool} x ${pool} pixels (the max local count) tells how
crowded they get.

## Input and output

| tensor | shape | values |
|---|---|---|
| \`frames\` | (batch, ${frames}, y, x), float32 | raw camera units; y and x are multiples of ${architecture.sideMultiple} |
| \`density\` | (batch, ${frames}, y, x), float32 | emitters per pixel |

${frames > 1 ? "The channels are consecutive frames, in the order of time, and the map of each: that of the middle one is the surest. " : ""}Give whole frames. The network normalises each frame by its own darkest and brightest pixel, so a frame that is cut into tiles is counted
differently from the whole. A frame of one value throughout gives zeros. Pad a frame whose sides are no multiples of ${architecture.sideMultiple} by
reflection at its right and bottom edges, and crop the map to the frame before summing.

## Validation

The test tensors are a synthetic frame of Gaussian spots and the map that ONNX Runtime made of it with these weights. They show that the
network runs as it should, not that it suits your data: compare counts with frames of known emitters, simulated or localised, of your own
microscope.

## Where it comes from

${rows.length > 0 ? `| | |\n|---|---|\n${rows.join("\n")}` : "Nothing is recorded about how these weights came to be."}

The network was published by ${authors.join(", ")}: ${title}. ${journal}. https://doi.org/${doi}

The authors and the licence named in \`rdf.yaml\` are those of the published network. Before you publish weights that you trained yourself, put
your own there.
`;
}

/** Text that cannot break out of its cell of a table. */
function cell(text: string): string {
  return text.replace(/\|/g, "\\|").replace(/\s+/g, " ");
}

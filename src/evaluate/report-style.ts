/** The report's style sheet: light or dark as the reader's system, always light on paper. */
export const REPORT_STYLE = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1f2328; --soft: #59636e; --line: #d1d9e0; --shade: #f6f8fa; --link: #0a58a6;
  --series-1: #31688e; --series-2: #c23a4b; --series-3: #23894f; --series-4: #7a55a3; --series-5: #b4640f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181d; --ink: #e6e9ec; --soft: #a4adb7; --line: #3a424b; --shade: #1d232a; --link: #7ab8f5;
    --series-1: #6cb2e2; --series-2: #ff8a94; --series-3: #5fd38f; --series-4: #c3a3ec; --series-5: #f2b263;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 78rem; margin: 0 auto; padding: 1.5rem 1.25rem 4rem; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: 0.5rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 0.5rem; padding-top: 0.75rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.5rem 0 0.5rem; overflow-wrap: anywhere; }
p, dd { max-width: 46rem; }
a { color: var(--link); }
nav ul, .key { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; list-style: none; margin: 0.75rem 0; padding: 0; }
.key svg { vertical-align: -2px; margin-right: 0.4rem; }
.scroll { overflow-x: auto; margin: 0.75rem 0; }
table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--soft); padding-bottom: 0.4rem; }
th, td { padding: 0.3rem 0.75rem; text-align: right; vertical-align: baseline; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { font-weight: 600; }
thead th { background: var(--shade); }
th[scope="row"], th[scope="rowgroup"], td.text, th.text { text-align: left; }
td.text, th[scope="row"], th[scope="rowgroup"] { white-space: normal; }
th[scope="row"], th[scope="rowgroup"] { min-width: 6rem; overflow-wrap: anywhere; }
td.text { min-width: 12rem; }
tbody + tbody tr:first-child > * { border-top: 1px solid var(--soft); }
small { color: var(--soft); font-size: 0.85em; }
.plots { display: flex; flex-wrap: wrap; gap: 1rem; }
figure { margin: 0; max-width: 100%; }
.plots svg { display: block; border: 1px solid var(--line); border-radius: 4px; }
svg { color: var(--ink); }
svg .paper { fill: var(--paper); }
.series-1 { color: var(--series-1); } .series-2 { color: var(--series-2); } .series-3 { color: var(--series-3); }
.series-4 { color: var(--series-4); } .series-5 { color: var(--series-5); }
.worst { display: flex; flex-wrap: wrap; gap: 1.5rem 2rem; }
.worst figcaption { margin-bottom: 0.35rem; max-width: 34rem; overflow-wrap: anywhere; }
.pictures { display: flex; flex-wrap: wrap; gap: 0.5rem; }
.pictures div { font-size: 0.85rem; color: var(--soft); }
.pictures img { display: block; width: 11rem; height: auto; image-rendering: pixelated; background: #000; }
dt { font-weight: 600; margin-top: 0.6rem; }
dd { margin: 0; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
@media print {
  :root {
    color-scheme: light;
    --paper: #ffffff; --ink: #000000; --soft: #444444; --line: #bbbbbb; --shade: #f0f0f0; --link: #000000;
    --series-1: #31688e; --series-2: #c23a4b; --series-3: #23894f; --series-4: #7a55a3; --series-5: #b4640f;
  }
  main { max-width: none; padding: 0; }
  nav { display: none; }
  body { font-size: 10pt; }
  table { font-size: 7.5pt; }
  th, td { padding: 0.15rem 0.35rem; }
  h2, h3 { break-after: avoid; }
  figure, tbody { break-inside: avoid; }
  .scroll { overflow: visible; }
  .plots figure { flex: 0 1 48%; }
  .plots svg { max-width: 100%; height: auto; }
}
`;

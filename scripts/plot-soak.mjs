// Draws the samples of scripts/soak.mjs.
//
//   node scripts/plot-soak.mjs [--samples build/soak.jsonl] [--out docs/soak.svg]
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { main, root, ScriptFailure } from "./lib/command.mjs";

const { values: options } = parseArgs({
  options: {
    samples: { type: "string", default: path.join(root, "build", "soak.jsonl") },
    out: { type: "string", default: path.join(root, "docs", "soak.svg") },
  },
});

const width = 760;
const left = 56;
const right = 16;
const panelHeight = 130;
const panelGap = 46;
const top = 72;

// The same shapes on light and on dark paper.
const style = `
  text { font: 12px system-ui, sans-serif; fill: #57606a; }
  .title { font-size: 15px; font-weight: 600; fill: #1f2328; }
  .grid { stroke: #d0d7de; stroke-width: 1; }
  .line { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
  .a { stroke: #0969da; } .b { stroke: #bc4c00; } .c { stroke: #1a7f37; }
  .key-a { fill: #0969da; } .key-b { fill: #bc4c00; } .key-c { fill: #1a7f37; }
  @media (prefers-color-scheme: dark) {
    text { fill: #9198a1; } .title { fill: #f0f6fc; } .grid { stroke: #3d444d; }
    .a { stroke: #4493f8; } .b { stroke: #f0883e; } .c { stroke: #3fb950; }
    .key-a { fill: #4493f8; } .key-b { fill: #f0883e; } .key-c { fill: #3fb950; }
  }`;

const panels = [
  {
    title: "Memory, MiB",
    lines: [
      { key: "memoryMiB", name: "at rest" },
      { key: "peakMemoryMiB", name: "at its peak since the last rest" },
    ],
  },
  {
    title: "At rest, count",
    lines: [
      { key: "threads", name: "threads" },
      { key: "descriptors", name: "descriptors" },
      { key: "handles", name: "handles" },
    ],
  },
  {
    title: "Worst delay of the event loop, ms",
    lines: [{ key: "delayMs", name: "since the last rest" }],
  },
];

await main(() => {
  const samples = readSamples();
  writeFileSync(options.out, draw(samples));
  console.log(`${options.out}: ${samples.length} samples`);
});

function readSamples() {
  const lines = readFileSync(options.samples, "utf8").trim().split("\n");
  if (lines.length < 2) {
    throw new ScriptFailure(`${options.samples} has fewer than 2 samples; run scripts/soak.mjs.`);
  }
  return lines.map((line) => JSON.parse(line));
}

function draw(samples) {
  const last = samples.at(-1);
  const height = top + panels.length * (panelHeight + panelGap);
  const title =
    `${last.cells.toLocaleString("en")} cells in ${Math.round(last.ms / 60_000)} minutes, ` +
    `Node ${last.node}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${title}</title>`,
    `<style>${style}\n</style>`,
    `<text class="title" x="${left}" y="24">${title}</text>`,
    ...panels.map((panel, i) => drawPanel(panel, samples, top + i * (panelHeight + panelGap))),
    "</svg>\n",
  ].join("\n");
}

function drawPanel({ title, lines }, samples, y) {
  const most = niceCeiling(Math.max(...lines.flatMap(({ key }) => samples.map((s) => s[key]))));
  const endMs = samples.at(-1).ms;
  const toX = (ms) => left + (ms / endMs) * (width - left - right);
  const toY = (value) => y + panelHeight - (value / most) * panelHeight;
  const parts = [0, most / 2, most].map(
    (value) =>
      `<path class="grid" d="M${left} ${toY(value)}H${width - right}"/>` +
      `<text x="${left - 8}" y="${toY(value) + 4}" text-anchor="end">${value}</text>`,
  );
  parts.push(`<text x="${left}" y="${y - 10}">${title}${keyOf(lines)}</text>`);
  lines.forEach(({ key }, i) => {
    const points = samples.map((sample) => `${round(toX(sample.ms))} ${round(toY(sample[key]))}`);
    parts.push(`<path class="line ${"abc"[i]}" d="M${points.join("L")}"/>`);
  });
  const minutes = endMs / 60_000;
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    const anchor = share === 1 ? "end" : "middle";
    const label = `${round(minutes * share)}${share === 1 ? " min" : ""}`;
    parts.push(
      `<text x="${toX(endMs * share)}" y="${y + panelHeight + 16}" text-anchor="${anchor}">${label}</text>`,
    );
  }
  return parts.join("\n");
}

function keyOf(lines) {
  return lines
    .map(({ name }, i) => `<tspan class="key-${"abc"[i]}" dx="14">— ${name}</tspan>`)
    .join("");
}

/** The next of 1, 2, 4, 6, 8 times a power of ten. */
function niceCeiling(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)));
  const times = [1, 2, 4, 6, 8].find((nice) => nice * power >= value) ?? 10;
  return times * power;
}

function round(number) {
  return Math.round(number * 10) / 10;
}

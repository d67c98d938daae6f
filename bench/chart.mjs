// Draws a saved result of bench/peers.mjs: how long each peer takes for each piece of work, as bars on a
// logarithmic scale.
//
//   node --no-node-snapshot bench/peers.mjs --json > peers.json
//   node bench/chart.mjs peers.json [--out docs/peers.svg] [--works cell,call] [--peers codecell,isolated-vm]

import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { main, root, ScriptFailure } from "../scripts/lib/command.mjs";
import { formatMs } from "./lib/units.mjs";

const { values: options, positionals } = parseArgs({
  options: {
    out: { type: "string", default: path.join(root, "docs", "peers.svg") },
    works: { type: "string" },
    peers: { type: "string" },
  },
  allowPositionals: true,
});

const width = 760;
const left = 196;
const right = 128;
const top = 68;
const barHeight = 14;
const barGap = 6;
const panelGap = 46;

// The same shapes on light and on dark paper.
const style = `
  text { font: 12px system-ui, sans-serif; fill: #57606a; }
  .title { font-size: 15px; font-weight: 600; fill: #1f2328; }
  .work { font-size: 13px; font-weight: 600; fill: #1f2328; }
  .grid { stroke: #d0d7de; stroke-width: 1; }
  .bar { fill: #afb8c1; } .ours { fill: #0969da; }
  @media (prefers-color-scheme: dark) {
    text { fill: #9198a1; } .title, .work { fill: #f0f6fc; } .grid { stroke: #3d444d; }
    .bar { fill: #545d68; } .ours { fill: #4493f8; }
  }`;

await main(() => {
  const [file] = positionals;
  if (file === undefined)
    throw new ScriptFailure("Which result is to be drawn? See the first lines.");
  const result = JSON.parse(readFileSync(file, "utf8"));
  if (result.name !== "peers") throw new ScriptFailure(`${file} is no result of bench/peers.mjs.`);
  const panels = panelsOf(result.rows);
  writeFileSync(options.out, draw(result, panels));
  console.log(`${options.out}: ${panels.length} works`);
});

/** For each work its title, and the peers that did it, with their times. */
function panelsOf(rows) {
  const isWanted = (list, name) => list?.split(",").includes(name) ?? true;
  const panels = rows
    .filter((row) => row.peer === null && isWanted(options.works, row.work))
    .map(({ work, title }) => ({
      title,
      bars: rows.filter(
        (row) =>
          row.work === work &&
          row.peer !== null &&
          row.p50Ms !== null &&
          (row.peer === "codecell" || isWanted(options.peers, row.peer)),
      ),
    }));
  if (panels.every(({ bars }) => bars.length === 0)) throw new ScriptFailure("Nothing to draw.");
  return panels.filter(({ bars }) => bars.length > 0);
}

function draw({ machine }, panels) {
  const parts = [];
  let y = top;
  for (const panel of panels) {
    parts.push(drawPanel(panel, y));
    y += panelHeight(panel) + panelGap;
  }
  const title = "The same work, side by side: shorter is faster";
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y - panelGap + 28}" role="img">`,
    `<title>${title}</title>`,
    `<style>${style}\n</style>`,
    `<text class="title" x="16" y="24">${title}</text>`,
    `<text x="16" y="42">${escapeXml(machine)}; medians, each scale is logarithmic</text>`,
    ...parts,
    "</svg>\n",
  ].join("\n");
}

function drawPanel(panel, y) {
  const { title, bars } = panel;
  const times = bars.map((bar) => bar.p50Ms);
  const least = Math.floor(Math.log10(Math.min(...times)) - 0.1);
  const most = Math.max(Math.ceil(Math.log10(Math.max(...times))), least + 1);
  const toX = (ms) => left + ((Math.log10(ms) - least) / (most - least)) * (width - left - right);
  const bottom = y + panelHeight(panel);
  const parts = [`<text class="work" x="16" y="${y + 8}">${escapeXml(title)}</text>`];
  for (let power = least; power <= most; power++) {
    const x = round(toX(10 ** power));
    parts.push(
      `<path class="grid" d="M${x} ${y + 16}V${bottom}"/>` +
        `<text x="${x}" y="${bottom + 14}" text-anchor="middle">${powerLabel(power)}</text>`,
    );
  }
  bars.forEach(({ peer, p50Ms, ratio }, i) => {
    const barY = y + 20 + i * (barHeight + barGap);
    const barWidth = Math.max(1, round(toX(p50Ms) - left));
    const times = ratio === null || peer === "codecell" ? "" : ` · ${shortRatio(ratio)}×`;
    parts.push(
      `<text x="${left - 8}" y="${barY + 11}" text-anchor="end">${escapeXml(peer)}</text>` +
        `<rect class="bar${peer.startsWith("codecell") ? " ours" : ""}" x="${left}" y="${barY}" ` +
        `width="${barWidth}" height="${barHeight}" rx="2"/>` +
        `<text x="${round(left + barWidth + 6)}" y="${barY + 11}">${formatMs(p50Ms)}${times}</text>`,
    );
  });
  return parts.join("\n");
}

function panelHeight({ bars }) {
  return 20 + bars.length * (barHeight + barGap);
}

/** @param {number} power - Of ten milliseconds. */
function powerLabel(power) {
  if (power >= 3) return `${10 ** (power - 3)} s`;
  return power >= 0 ? `${10 ** power} ms` : `${Number((10 ** (power + 3)).toPrecision(1))} µs`;
}

function shortRatio(ratio) {
  return Number(ratio.toPrecision(2)).toLocaleString("en");
}

function escapeXml(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

function round(number) {
  return Math.round(number * 10) / 10;
}

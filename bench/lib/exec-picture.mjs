// Draws the steps of one exec on its two threads, as bench/exec-path.mjs has measured them.

const width = 760;
const left = 104;
const right = 16;
const laneHeight = 30;
const hostY = 84;
const cellY = 176;
const axisY = 226;
const legendY = 264;
const legendColumns = 2;
const legendRow = 20;

// The same shapes on light and on dark paper.
const style = `
  text { font: 12px system-ui, sans-serif; fill: #57606a; }
  .title { font-size: 15px; font-weight: 600; fill: #1f2328; }
  .lane { font-size: 13px; font-weight: 600; fill: #1f2328; }
  .number { font-size: 11px; fill: #ffffff; text-anchor: middle; }
  .grid { stroke: #d0d7de; stroke-width: 1; }
  .way { stroke: #8c959f; stroke-width: 1.5; stroke-dasharray: 3 3; fill: none; }
  .host { fill: #0969da; } .cell { fill: #1a7f37; } .beside { fill: #6e7781; }
  .bar { stroke: #ffffff; stroke-width: 1; }
  @media (prefers-color-scheme: dark) {
    text { fill: #9198a1; } .title, .lane { fill: #f0f6fc; } .number { fill: #ffffff; }
    .grid { stroke: #3d444d; } .bar { stroke: #0d1117; }
    .host { fill: #1f6feb; } .cell { fill: #238636; } .beside { fill: #656c76; }
  }`;

/**
 * @typedef {object} StepTime
 * @property {string} name
 * @property {"host" | "cell" | "way"} [on] - Which thread works, or that one wakes. Missing: all together.
 * @property {boolean} [isToCell] - Which of the two ways it is.
 * @property {boolean} [isBeside] - What the host does while the cell's thread wakes.
 * @property {{ p50: number }} turns - Milliseconds, where the host's event loop turns between execs.
 */

/**
 * @param {{ rows: readonly StepTime[], machine: string }} measured
 * @returns {string} An SVG.
 */
export function drawExec({ rows, machine }) {
  const bars = placed(rows);
  const end = Math.max(...bars.map((bar) => bar.to));
  const toX = (ms) => round(left + (ms / end) * (width - left - right));
  const title = 'One exec of text("ok"), with an isolate that is ready';
  const legendRows = Math.ceil(bars.length / legendColumns);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${legendY + legendRows * legendRow}" role="img">`,
    `<title>${title}</title>`,
    `<style>${style}\n</style>`,
    `<text class="title" x="16" y="24">${title}</text>`,
    `<text x="16" y="42">${escapeXml(machine)}; medians of each step, in microseconds</text>`,
    `<text class="lane" x="16" y="${hostY + 20}">the host</text>`,
    `<text class="lane" x="16" y="${cellY + 20}">the cell</text>`,
    ...drawAxis(end, toX),
    ...bars.map((bar, i) => (bar.on === "way" ? drawWay(bar, i, toX) : drawBar(bar, i, toX))),
    ...bars.map((bar, i) => drawLegend(bar, i, legendRows)),
    "</svg>\n",
  ].join("\n");
}

/** One step after the other; what is beside begins where the cell's thread is woken. */
function placed(rows) {
  const bars = [];
  let at = 0;
  let besideAt = 0;
  for (const row of rows) {
    if (row.on === undefined) continue;
    const ms = row.turns.p50;
    if (row.isBeside) {
      bars.push({ ...row, ms, at: besideAt, to: besideAt + ms });
      besideAt += ms;
      continue;
    }
    if (row.isToCell) besideAt = at;
    bars.push({ ...row, ms, at, to: at + ms });
    at += ms;
  }
  return bars;
}

function drawAxis(end, toX) {
  const stepMs = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1].find((step) => end / step <= 10) ?? 2;
  const count = Math.floor(end / stepMs);
  return Array.from({ length: count + 1 }, (_, i) => {
    const x = toX(i * stepMs);
    return (
      `<path class="grid" d="M${x} ${hostY - 16}V${axisY - 14}"/>` +
      `<text x="${x}" y="${axisY}" text-anchor="middle">${Math.round(i * stepMs * 1000)}</text>`
    );
  });
}

function drawBar({ on, isBeside, at, to }, i, toX) {
  const y = on === "host" ? hostY : cellY;
  const barWidth = Math.max(1, round(toX(to) - toX(at)));
  const kind = isBeside ? "beside" : on;
  const middle = round(toX(at) + barWidth / 2);
  const isNarrow = barWidth < 14;
  const numberY = isNarrow ? y + laneHeight + 13 : y + 20;
  return (
    `<rect class="bar ${kind}" x="${toX(at)}" y="${y}" width="${barWidth}" height="${laneHeight}"/>` +
    `<text ${isNarrow ? 'text-anchor="middle" font-size="11"' : 'class="number"'} x="${middle}" y="${numberY}">${i + 1}</text>`
  );
}

/** From the one thread to the other. */
function drawWay({ at, to, isToCell }, i, toX) {
  const fromY = isToCell ? hostY + laneHeight : cellY;
  const toY = isToCell ? cellY : hostY + laneHeight;
  const x = round((toX(at) + toX(to)) / 2);
  return (
    `<path class="way" d="M${toX(at)} ${fromY}L${toX(to)} ${toY}"/>` +
    `<text x="${x + 10}" y="${(fromY + toY) / 2 + 4}">${i + 1}</text>`
  );
}

function drawLegend({ name, on, isBeside, ms }, i, rowCount) {
  const column = Math.floor(i / rowCount);
  const x = 16 + column * ((width - 16) / legendColumns);
  const y = legendY + (i % rowCount) * legendRow;
  const kind = isBeside || on === "way" ? "beside" : on;
  return (
    `<rect class="${kind}" x="${x}" y="${y - 9}" width="10" height="10" rx="2"/>` +
    `<text x="${x + 18}" y="${y}">${i + 1}  ${escapeXml(name)}: ${Math.round(ms * 1000)}</text>`
  );
}

function escapeXml(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

function round(number) {
  return Math.round(number * 10) / 10;
}

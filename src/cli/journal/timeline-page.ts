import { createHash } from "node:crypto";
import { readDataUrl } from "../../base/data-url.js";
import type { JournalEntry } from "../../journal/entry.js";
import type { OutputItem } from "../../protocol/outcome.js";
import { count, formatBytes, formatDuration, visible } from "../format.js";
import { type CallBar, type Moment, maxBars, type Timeline, timelineOf } from "./timeline.js";
import { pageScript, pageStyle } from "./timeline-style.js";

/** UTF-16 units that the page has of one text. */
const maxText = 20_000;
/** Things of one cell that the page has; what comes later is counted. */
const maxRows = 5_000;

/** A page that shows what cells did, and needs nothing besides itself. */
export function timelinePage(cells: readonly (readonly JournalEntry[])[]): string {
  const timelines = cells.flatMap((entries) => timelineOf(entries) ?? []);
  const title = timelines.length === 1 ? titleOf(timelines[0]) : count(timelines.length, "cell");
  const policy = [
    "default-src 'none'",
    "img-src data:",
    "media-src data:",
    `style-src ${sourceHash(pageStyle)}`,
    `script-src ${sourceHash(pageScript)}`,
  ].join("; ");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escapeHtml(title)} · codecell</title>
<style>${pageStyle}</style>
<main>
<h1>${escapeHtml(title)}</h1>
${timelines.map((timeline, index) => cellSection(timeline, index + 1, timelines.length > 1)).join("\n")}
</main>
<script>${pageScript}</script>
</html>
`;
}

function titleOf(timeline: Timeline | undefined): string {
  if (timeline === undefined) return "No cell";
  const { opened, ended, durationMs } = timeline;
  const end = ended === undefined ? "has no end" : ended.status;
  return `Cell ${opened.cellId} ${end} after ${formatDuration(durationMs)}`;
}

function cellSection(timeline: Timeline, number: number, hasHeading: boolean): string {
  const { opened, ended, calls } = timeline;
  const id = `cell-${number}`;
  const heading = hasHeading ? `<h2>${escapeHtml(titleOf(timeline))}</h2>` : "";
  const error = ended?.error === undefined ? "" : block(ended.error.text, "error");
  return `<section id="${id}" aria-label="${escapeHtml(titleOf(timeline))}">${heading}
${facts(timeline)}${error}
${chart(timeline, id)}
<h3>What happened, in order</h3>
<p><button type="button" data-all="${id}">Open all</button></p>
${rows(timeline, id)}
<h3>Stored values</h3>
${stored(opened.stored, ended?.writes ?? [])}
<h3>Source</h3>
<pre class="source" tabindex="0" aria-label="Source">${numbered(opened.source)}</pre>
<p class="note">Recorded ${escapeHtml(new Date(opened.at).toISOString())} with V8 ${escapeHtml(String(opened.engine["v8"]))}, ${count(calls.length, "call")}, ${count(opened.tools.length, "tool")} to choose from.</p>
</section>`;
}

function facts({ ended, durationMs, calls, moments }: Timeline): string {
  const out = moments.flatMap((moment) => (moment.kind === "out" ? [moment.item] : []));
  const bytes = out.reduce((sum, item) => sum + Buffer.byteLength(contentOf(item)), 0);
  const failed = calls.filter(({ status }) => status === "rejected").length;
  const all: readonly (readonly [string, string])[] = [
    ["Time", formatDuration(durationMs)],
    ["Processor", ended === undefined ? "unknown" : formatDuration(ended.cpuMs)],
    ["Calls", failed === 0 ? String(calls.length) : `${calls.length}, of which ${failed} failed`],
    ["Output", `${count(out.length, "item")}, ${formatBytes(bytes)}`],
  ];
  const list = all.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`);
  return `<dl>${list.join("")}</dl>`;
}

function chart(timeline: Timeline, id: string): string {
  const { calls, lanes, active, moments, durationMs } = timeline;
  const place = (from: number, to: number): string => {
    const left = (from / durationMs) * 100;
    return `x="${left.toFixed(3)}%" width="${Math.max(((to - from) / durationMs) * 100, 0.15).toFixed(3)}%"`;
  };
  const laneHeight = lanes > 40 ? 8 : 22;
  const top = 34;
  const height = top + 26 + Math.max(lanes, 1) * laneHeight;
  const busy = active
    .slice(0, maxBars)
    .map(({ from, to }) => `<rect class="busy" y="${top}" height="14" ${place(from, to)}/>`);
  const parts = [
    [0, "start"],
    [0.25, "middle"],
    [0.5, "middle"],
    [0.75, "middle"],
    [1, "end"],
  ] as const;
  const ticks = parts.map(([part, anchor]) => {
    return `<text class="tick" x="${part * 100}%" y="12" text-anchor="${anchor}">${formatDuration(durationMs * part)}</text><line class="grid" x1="${part * 100}%" x2="${part * 100}%" y1="18" y2="${height}"/>`;
  });
  const marks = moments.slice(0, maxBars).map((moment) => {
    const x = ((moment.at / durationMs) * 100).toFixed(3);
    return `<circle class="mark ${moment.kind}" cx="${x}%" cy="25" r="4"><title>${escapeHtml(momentName(moment))} at ${formatDuration(moment.at)}</title></circle>`;
  });
  const bars = calls.slice(0, maxBars).map((call) => {
    const y = top + 26 + call.lane * laneHeight;
    const label =
      laneHeight > 20
        ? `<text class="bar-name" x="${((call.from / durationMs) * 100).toFixed(3)}%" dx="4" y="${y + 13}">${escapeHtml(shorten(call.name, 40))}</text>`
        : "";
    return `<a href="#${id}-call-${call.call}" aria-label="${escapeHtml(callLabel(call))}"><rect class="bar ${call.status}" y="${y}" height="${laneHeight - 4}" rx="3" ${place(call.from, call.to)}/>${label}<title>${escapeHtml(callLabel(call))}</title></a>`;
  });
  return `<h3 id="${id}-time">Timeline</h3>
<p class="legend"><span class="key busy"></span> computes <span class="key fulfilled"></span> call <span class="key rejected"></span> call that failed <span class="key open"></span> call without an answer <span class="dot out"></span> output <span class="dot yielded"></span> yield <span class="dot notify"></span> notification <span class="dot fired"></span> timer</p>
<div class="chart"><svg role="group" aria-labelledby="${id}-time" width="100%" height="${height}">${ticks.join("")}${busy.join("")}${marks.join("")}${bars.join("")}</svg></div>`;
}

function callLabel({ name, from, to, status }: CallBar): string {
  const how = { fulfilled: "fulfilled", rejected: "failed", open: "without an answer" }[status];
  return `${shorten(name, 100)}: ${how}, from ${formatDuration(from)}, for ${formatDuration(to - from)}`;
}

function rows({ calls, moments }: Timeline, id: string): string {
  const all = [
    ...calls.map((call) => ({ seq: call.seq, at: call.from, html: () => callRow(call, id) })),
    ...moments.map((moment) => ({ ...moment, html: () => momentRow(moment) })),
  ].sort((a, b) => a.seq - b.seq);
  const shown = all.slice(0, maxRows).map(({ at, html }) => {
    return `<li><span class="at">${formatDuration(at)}</span>${html()}</li>`;
  });
  const left = all.length - shown.length;
  const rest = left > 0 ? `<p class="note">${count(left, "more thing")} left out.</p>` : "";
  if (all.length === 0) return "<p>Nothing.</p>";
  return `<ol class="rows">${shown.join("\n")}</ol>${rest}`;
}

function callRow(call: CallBar, id: string): string {
  const { status, result } = call;
  const answer =
    status === "open"
      ? ""
      : `<h4>${status === "fulfilled" ? "Result" : "Error"}</h4>${block(pretty(result), status === "rejected" ? "error" : "")}`;
  return `<details id="${id}-call-${call.call}"><summary><span class="badge ${status}">${status === "rejected" ? "failed" : "call"}</span> ${escapeHtml(callLabel(call))}</summary><h4>Input</h4>${block(pretty(call.input))}${answer}</details>`;
}

function momentRow(moment: Moment): string {
  const name = `<span class="badge ${moment.kind}">${momentName(moment)}</span>`;
  switch (moment.kind) {
    case "out":
      return `<div class="moment">${name}${itemHtml(moment.item)}</div>`;
    case "log":
      return `<div class="moment">${name}${block(`${moment.log.level}: ${moment.log.text}`)}</div>`;
    case "notify":
      return `<div class="moment">${name}${block(moment.text)}</div>`;
    default:
      return `<div class="moment">${name}</div>`;
  }
}

function momentName(moment: Moment): string {
  switch (moment.kind) {
    case "out":
      return moment.item.type === "text" ? "output" : moment.item.type;
    case "log":
      return "console";
    case "notify":
      return "notification";
    case "yielded":
      return "yield";
    case "fired":
      return `timer ${moment.timer}`;
  }
}

/** Only what is in the page itself is shown: nothing is fetched. */
function itemHtml(item: OutputItem): string {
  if (item.type === "text") return block(item.text);
  const url = contentOf(item);
  const media = readDataUrl(url);
  const type = media?.mimeType ?? "";
  if (media !== undefined && /^image\/[\w.+-]+$/.test(type) && item.type === "image") {
    return `<img alt="An image that the cell output, ${escapeHtml(type)}, ${formatBytes(media.bytes.length)}" src="${escapeHtml(url)}">`;
  }
  if (media !== undefined && /^audio\/[\w.+-]+$/.test(type) && item.type === "audio") {
    return `<audio controls src="${escapeHtml(url)}"></audio>`;
  }
  return block(shorten(url, 200));
}

function contentOf(item: OutputItem): string {
  if (item.type === "text") return item.text;
  return item.type === "image" ? item.imageUrl : item.audioUrl;
}

function stored(before: readonly string[], writes: readonly string[]): string {
  const row = (pairs: readonly string[], what: string): string[] =>
    pairs.flatMap((text, index) =>
      index % 2 === 0
        ? [
            `<tr><td>${what}</td><td>${escapeHtml(shorten(text, 200))}</td><td>${block(pretty(pairs[index + 1] ?? ""))}</td></tr>`,
          ]
        : [],
    );
  const all = [...row(before, "found"), ...row(writes, "stored")];
  if (all.length === 0) return "<p>None.</p>";
  return `<table><thead><tr><th scope="col">When</th><th scope="col">Key</th><th scope="col">Value</th></tr></thead><tbody>${all.join("")}</tbody></table>`;
}

function block(text: string, kind = ""): string {
  return `<pre class="${kind}" tabindex="0">${escapeHtml(shorten(text, maxText))}</pre>`;
}

function pretty(text: string): string {
  if (text.length > maxText || !/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function numbered(source: string): string {
  const lines = shorten(source, 20 * maxText).split("\n");
  return lines.map((line) => `<span class="line">${escapeHtml(line)}</span>`).join("\n");
}

function shorten(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max)}… (${text.length - max} more)`;
}

/** Text for the page, as it is read and not as it would be drawn: a mark that turns its direction is shown. */
function escapeHtml(text: string): string {
  return visible(text)
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/'/g, "&#39;");
}

function sourceHash(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/** The looks of the page, light and dark. */
export const pageStyle = `
:root { color-scheme: light dark; --back: #fff; --text: #1b1f24; --dim: #57606a; --line: #d0d7de; --panel: #f6f8fa;
  --call: #2f6fdb; --failed: #c4283a; --open: #7a5d00; --busy: #1a7f4b; --out: #8250df; --link: #0a58ca; }
@media (prefers-color-scheme: dark) { :root { --back: #0f1318; --text: #e4e9ef; --dim: #9aa5b1; --line: #333c47;
  --panel: #181e26; --call: #5b93f5; --failed: #ff7b86; --open: #e0b343; --busy: #46c486; --out: #c39bff; --link: #7fb2ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 70rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.5rem; margin: 0 0 .5rem; } h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; }
h3 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; } h4 { font-size: .9rem; margin: .75rem 0 .25rem; color: var(--dim); }
dl { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 0; } dt { color: var(--dim); font-size: .85rem; }
dd { margin: 0; font-weight: 600; }
pre { margin: .25rem 0; padding: .6rem .75rem; background: var(--panel); border: 1px solid var(--line); border-radius: 6px;
  font: 13px/1.45 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 28rem; overflow: auto; }
pre.error { border-color: var(--failed); } pre.source { white-space: pre; overflow-wrap: normal; counter-reset: line; }
.line::before { counter-increment: line; content: counter(line); display: inline-block; width: 3em; padding-right: 1em;
  text-align: right; color: var(--dim); }
.chart { border: 1px solid var(--line); border-radius: 6px; padding: .5rem; overflow: hidden; }
svg { display: block; overflow: visible; } .tick { fill: var(--dim); font-size: 11px; } .grid { stroke: var(--line); }
rect.busy { fill: var(--busy); } rect.bar { stroke: var(--back); } rect.fulfilled { fill: var(--call); } rect.rejected { fill: var(--failed); }
rect.open { fill: var(--open); } .bar-name { fill: #fff; font-size: 11px; pointer-events: none; paint-order: stroke; stroke: #0008; stroke-width: 2px; }
.mark, .dot { fill: var(--dim); background: var(--dim); } .out { fill: var(--out); } .yielded { fill: var(--busy); } .notify { fill: var(--open); }
.dot { display: inline-block; width: .6rem; height: .6rem; border-radius: 50%; margin-left: .75rem; }
.dot.out { background: var(--out); } .dot.yielded { background: var(--busy); } .dot.notify { background: var(--open); }
.key { display: inline-block; width: 1rem; height: .7rem; border-radius: 2px; margin-left: .75rem; }
.key.busy { background: var(--busy); } .key.fulfilled { background: var(--call); } .key.rejected { background: var(--failed); } .key.open { background: var(--open); }
.legend { color: var(--dim); font-size: .85rem; margin: 0 0 .5rem; } .legend > :first-child { margin-left: 0; }
a:focus-visible rect { stroke: var(--text); stroke-width: 2px; } :focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
a { outline-offset: 2px; } ol.rows { list-style: none; margin: 0; padding: 0; }
.rows > li { display: grid; grid-template-columns: 5.5rem minmax(0, 1fr); gap: .75rem; padding: .3rem 0; border-top: 1px solid var(--line); }
.at { color: var(--dim); font-variant-numeric: tabular-nums; text-align: right; }
summary { cursor: pointer; } .badge { display: inline-block; min-width: 6.5rem; color: var(--dim); font-size: .85rem; }
.badge.rejected { color: var(--failed); font-weight: 600; } details[open] > summary { margin-bottom: .25rem; }
img { display: block; max-width: 100%; border: 1px solid var(--line); border-radius: 6px; background: #fff; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .3rem .75rem .3rem 0; border-top: 1px solid var(--line); }
button { font: inherit; color: var(--link); background: none; border: 1px solid var(--line); border-radius: 6px; padding: .2rem .75rem; cursor: pointer; }
.note { color: var(--dim); font-size: .85rem; }
@media (max-width: 36rem) { .rows > li { grid-template-columns: 1fr; gap: 0; } .at { text-align: left; } }
`;

/** Opens a call where its bar was followed, and all calls at a button. */
export const pageScript = `
function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target || target.tagName !== "DETAILS") return;
  target.open = true;
  target.querySelector("summary").focus();
}
addEventListener("hashchange", openTarget);
openTarget();
for (const button of document.querySelectorAll("button[data-all]")) {
  button.addEventListener("click", () => {
    const all = [...document.getElementById(button.dataset.all).querySelectorAll("details")];
    const open = all.some((one) => !one.open);
    for (const one of all) one.open = open;
    button.textContent = open ? "Close all" : "Open all";
  });
}
`;

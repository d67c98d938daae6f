import { type CallBar, type Moment, maxBars, type Timeline } from "../src/cli/journal/timeline.js";
import { duration, pretty } from "./format.js";
import { Badge } from "./parts.js";

const laneHeight = 20;
const top = 24;
/** Things that the page lists. */
const maxRows = 2000;

/** When a cell computed, its calls, and its outputs. */
export function Chart({ timeline }: { timeline: Timeline }) {
  const { calls, lanes, active, moments, durationMs } = timeline;
  const height = top + 16 + Math.max(lanes, 1) * laneHeight;
  const place = (from: number, to: number) => ({
    x: `${(from / durationMs) * 100}%`,
    width: `${Math.max(((to - from) / durationMs) * 100, 0.2)}%`,
  });
  return (
    <>
      <p class="legend">
        <span class="key busy" /> computes <span class="key fulfilled" /> call{" "}
        <span class="key rejected" /> call that failed <span class="key open" /> call without an
        answer <span class="dot" /> output
      </p>
      <svg
        class="chart"
        role="img"
        aria-label={`Timeline of ${duration(durationMs)} with ${calls.length} calls`}
        width="100%"
        height={height}
      >
        <text x="0" y="12">
          0
        </text>
        <text x="100%" y="12" text-anchor="end">
          {duration(durationMs)}
        </text>
        {active.slice(0, maxBars).map(({ from, to }) => (
          <rect key={from} class="busy" y={top} height="10" {...place(from, to)} />
        ))}
        {moments.slice(0, maxBars).map(({ seq, at }) => (
          <circle key={seq} class="mark" cx={`${(at / durationMs) * 100}%`} cy={top - 6} r="3" />
        ))}
        {calls.slice(0, maxBars).map((call) => (
          <rect
            key={call.seq}
            class={call.status}
            y={top + 14 + call.lane * laneHeight}
            height={laneHeight - 4}
            rx="3"
            {...place(call.from, call.to)}
          >
            <title>{labelOf(call)}</title>
          </rect>
        ))}
      </svg>
    </>
  );
}

/** All that a cell did, in order. */
export function Rows({ timeline: { calls, moments } }: { timeline: Timeline }) {
  const all = [
    ...calls.map((call) => ({ seq: call.seq, at: call.from, row: <CallRow call={call} /> })),
    ...moments.map((moment) => ({
      seq: moment.seq,
      at: moment.at,
      row: <MomentRow moment={moment} />,
    })),
  ].sort((a, b) => a.seq - b.seq);
  const left = all.length - maxRows;
  return (
    <>
      <ol class="rows">
        {all.slice(0, maxRows).map(({ seq, at, row }) => (
          <li key={seq}>
            <span class="at">{duration(at)}</span>
            {row}
          </li>
        ))}
      </ol>
      {all.length === 0 && <p class="note">Nothing yet.</p>}
      {left > 0 && <p class="note">{left} more are left out.</p>}
    </>
  );
}

function CallRow({ call }: { call: CallBar }) {
  const { status, input, result } = call;
  return (
    <details>
      <summary>
        <Badge status={status} /> {labelOf(call)}
      </summary>
      <pre>{pretty(input)}</pre>
      {status !== "open" && <pre class={status}>{pretty(result)}</pre>}
    </details>
  );
}

function MomentRow({ moment }: { moment: Moment }) {
  switch (moment.kind) {
    case "out":
      return moment.item.type === "text" ? (
        <pre>{moment.item.text}</pre>
      ) : (
        <span class="note">a medium: {moment.item.type}</span>
      );
    case "log":
      return (
        <pre class="log">
          {moment.log.level}: {moment.log.text}
        </pre>
      );
    case "notify":
      return <pre>notify: {moment.text}</pre>;
    case "yielded":
      return <span class="note">yielded</span>;
    case "fired":
      return <span class="note">a timer</span>;
  }
}

function labelOf({ name, from, to, status }: CallBar): string {
  const how = { fulfilled: "took", rejected: "failed after", open: "waits for" }[status];
  return `${name} ${how} ${duration(to - from)}`;
}

import { useState } from "preact/hooks";
import { timelineOf } from "../src/cli/journal/timeline.js";
import type { Api, CellName } from "./api.js";
import { ApprovalCard } from "./approvals.js";
import { duration } from "./format.js";
import { useLive } from "./live.js";
import { Badge, Problem, SessionLink, When } from "./parts.js";
import { Chart, Rows } from "./timeline.js";

/** One cell: its state, its questions, its timeline, its journal and its source. */
export function CellView({ api, name }: { api: Api; name: CellName }) {
  const { value, error, refresh } = useLive(
    `cell ${name.tenant}/${name.session}/${name.cellId}`,
    async () => {
      const [cell, journal, approvals] = await Promise.all([
        api.cell(name),
        api.journal(name),
        // A key that may read need not be one that decides.
        api.approvals("open").catch(() => []),
      ]);
      const asked = approvals.filter(({ cellId }) => cellId === name.cellId);
      return { cell, timeline: timelineOf(journal), asked };
    },
  );
  const { cell, timeline, asked = [] } = value ?? {};
  const end = timeline?.ended;
  return (
    <>
      <h1>
        Cell <code>{name.cellId}</code>
      </h1>
      <Problem error={error} />
      {cell !== undefined && (
        <>
          <dl>
            <div>
              <dt>State</dt>
              <dd>
                <Badge status={cell.status} />
              </dd>
            </div>
            <div>
              <dt>Session</dt>
              <dd>
                <SessionLink of={cell} />
              </dd>
            </div>
            <div>
              <dt>Began</dt>
              <dd>
                <When at={cell.createdAt} />
              </dd>
            </div>
            {cell.endedAt !== undefined && (
              <div>
                <dt>Took</dt>
                <dd>{duration(cell.endedAt - cell.createdAt)}</dd>
              </div>
            )}
            {end !== undefined && (
              <div>
                <dt>Processor</dt>
                <dd>{duration(end.cpuMs)}</dd>
              </div>
            )}
          </dl>
          {cell.status === "open" && <Terminate api={api} name={name} onEnded={refresh} />}
        </>
      )}
      {asked.map((approval) => (
        <ApprovalCard key={approval.approvalId} api={api} approval={approval} onDecided={refresh} />
      ))}
      {end?.error !== undefined && <pre class="rejected">{end.error.text}</pre>}
      {timeline !== undefined && (
        <>
          <h2>Timeline</h2>
          <Chart timeline={timeline} />
          <h2>What happened, in order</h2>
          <Rows timeline={timeline} />
          <h2>Source</h2>
          <pre>{timeline.opened.source}</pre>
        </>
      )}
    </>
  );
}

/** Asks before it ends a cell, which cannot be undone. */
function Terminate({ api, name, onEnded }: { api: Api; name: CellName; onEnded: () => void }) {
  const [isAsked, setIsAsked] = useState(false);
  const [error, setError] = useState<Error>();
  const terminate = async (): Promise<void> => {
    try {
      await api.terminate(name);
      onEnded();
    } catch (thrown) {
      setError(thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
  };
  return (
    <p>
      {isAsked ? (
        <>
          The cell ends for good.{" "}
          <button type="button" class="deny" onClick={() => void terminate()}>
            Terminate it
          </button>{" "}
          <button type="button" onClick={() => setIsAsked(false)}>
            Let it run
          </button>
        </>
      ) : (
        <button type="button" onClick={() => setIsAsked(true)}>
          Terminate …
        </button>
      )}
      <Problem error={error} />
    </p>
  );
}

import { useState } from "preact/hooks";
import type { Api, Cell } from "./api.js";
import { duration } from "./format.js";
import { useLive } from "./live.js";
import { Badge, CellLink, Choice, Problem, SessionLink, Table, When } from "./parts.js";

/** The cells of all sessions. */
export function Cells({ api }: { api: Api }) {
  const [state, setState] = useState<"all" | "open" | "ended">("all");
  const { value: cells, error } = useLive(`cells ${state}`, () => api.cells(state));
  return (
    <>
      <h1>Cells</h1>
      <Choice name="Show" values={["all", "open", "ended"]} value={state} onChange={setState} />
      <Problem error={error} />
      <CellTable api={api} cells={cells} />
    </>
  );
}

/** The cells of one session, and what they have stored. */
export function SessionView({
  api,
  tenant,
  session,
}: {
  api: Api;
  tenant: string;
  session: string;
}) {
  const of = { tenant, session };
  const { value, error } = useLive(`session ${tenant}/${session}`, async () => {
    const [cells, values] = await Promise.all([api.cellsOf(of), api.values(of)]);
    return { cells, values };
  });
  const values = Object.entries(value?.values ?? {});
  return (
    <>
      <h1>Session {session}</h1>
      <Problem error={error} />
      <CellTable api={api} cells={value?.cells} />
      <h2>Stored values</h2>
      {values.length === 0 && <p class="note">None.</p>}
      {values.map(([key, stored]) => (
        <details key={key}>
          <summary>
            <code>{key}</code>
          </summary>
          <pre>{JSON.stringify(stored, null, 2)}</pre>
        </details>
      ))}
    </>
  );
}

function CellTable({ api, cells }: { api: Api; cells: readonly Cell[] | undefined }) {
  if (cells === undefined) return <p class="note">Asking …</p>;
  if (cells.length === 0) return <p class="note">There are none.</p>;
  const heads = ["State", "Cell", ...(api.isAdmin ? ["Tenant"] : []), "Session", "Began", "Took"];
  return (
    <Table name="Cells" heads={heads}>
      {cells.map((cell) => (
        <tr key={cell.cellId}>
          <td>
            <Badge status={cell.status} />
          </td>
          <td>
            <CellLink cell={cell} />
          </td>
          {api.isAdmin && <td>{cell.tenant}</td>}
          <td>
            <SessionLink of={cell} />
          </td>
          <td>
            <When at={cell.createdAt} />
          </td>
          <td>{cell.endedAt === undefined ? "" : duration(cell.endedAt - cell.createdAt)}</td>
        </tr>
      ))}
    </Table>
  );
}

export function Sessions({ api }: { api: Api }) {
  const [after, setAfter] = useState<string>();
  const { value, error } = useLive(`sessions ${after ?? ""}`, () => api.sessions(after));
  const { sessions, next } = value ?? {};
  const heads = ["Session", ...(api.isAdmin ? ["Tenant"] : []), "Cells", "Open", "Newest cell"];
  return (
    <>
      <h1>Sessions</h1>
      <Problem error={error} />
      {sessions?.length === 0 && <p class="note">There are none.</p>}
      {sessions !== undefined && sessions.length > 0 && (
        <Table name="Sessions" heads={heads}>
          {sessions.map((one) => (
            <tr key={`${one.tenant}/${one.session}`}>
              <td>
                <SessionLink of={one} />
              </td>
              {api.isAdmin && <td>{one.tenant}</td>}
              <td>{one.cells}</td>
              <td>{one.open}</td>
              <td>
                <When at={one.lastCellAt} />
              </td>
            </tr>
          ))}
        </Table>
      )}
      <p>
        {after !== undefined && (
          <button type="button" onClick={() => setAfter(undefined)}>
            Newest
          </button>
        )}{" "}
        {next !== undefined && (
          <button type="button" onClick={() => setAfter(next)}>
            Older
          </button>
        )}
      </p>
    </>
  );
}

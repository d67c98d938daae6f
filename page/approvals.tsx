import { useState } from "preact/hooks";
import type { Api, Approval, Verdict } from "./api.js";
import { useLive } from "./live.js";
import { Badge, CellLink, Choice, Problem, SessionLink, When } from "./parts.js";

/** The calls that wait for a decision. */
export function Approvals({ api }: { api: Api }) {
  const [state, setState] = useState<"open" | "all">("open");
  const { value, error, refresh } = useLive(`approvals ${state}`, () => api.approvals(state));
  return (
    <>
      <h1>Approvals</h1>
      <Choice name="Show" values={["open", "all"]} value={state} onChange={setState} />
      <Problem error={error} />
      {value?.length === 0 && <p class="note">No call waits for a decision.</p>}
      <ul class="cards">
        {value?.map((approval) => (
          <li key={approval.approvalId}>
            <ApprovalCard api={api} approval={approval} onDecided={refresh} />
          </li>
        ))}
      </ul>
    </>
  );
}

export function ApprovalCard({
  api,
  approval,
  onDecided,
}: {
  api: Api;
  approval: Approval;
  onDecided: () => void;
}) {
  const [note, setNote] = useState("");
  const [isSending, setIsSending] = useState(false);
  const [result, setResult] = useState("");
  const [error, setError] = useState<Error>();
  const { tool, description, reason, input, askedAt, state, decision } = approval;
  const decide = async (verdict: Verdict): Promise<void> => {
    setIsSending(true);
    setError(undefined);
    try {
      const status = await api.decide(approval.approvalId, verdict, note);
      setResult(results[status] ?? status);
      onDecided();
    } catch (thrown) {
      setError(thrown instanceof Error ? thrown : new Error(String(thrown)));
    } finally {
      setIsSending(false);
    }
  };
  return (
    <article class="card" aria-label={`Call of ${tool}`}>
      <h2>
        <code>{tool}</code> <Badge status={state === "decided" ? decided(decision) : state} />
      </h2>
      <p class="note">
        cell <CellLink cell={approval} /> of session <SessionLink of={approval} />, asked{" "}
        <When at={askedAt} />
      </p>
      {description !== "" && <p>{description}</p>}
      {reason !== undefined && <p class="reason">{reason}</p>}
      <pre>{JSON.stringify(input, null, 2)}</pre>
      {state === "open" && (
        <div class="decide">
          <label>
            Note for the program{" "}
            <input value={note} onInput={(event) => setNote(event.currentTarget.value)} />
          </label>
          <button
            type="button"
            class="approve"
            disabled={isSending}
            onClick={() => void decide("approve")}
          >
            Approve
          </button>
          <button
            type="button"
            class="deny"
            disabled={isSending}
            onClick={() => void decide("deny")}
          >
            Deny
          </button>
        </div>
      )}
      {state === "decided" && decision !== undefined && (
        <p class="note">
          {decided(decision)} by {decision.by ?? "somebody"}
          {decision.note === undefined ? "" : `: ${decision.note}`}
        </p>
      )}
      <p role="status">{result}</p>
      <Problem error={error} />
    </article>
  );
}

const results: Readonly<Record<string, string>> = {
  decided: "Your decision holds.",
  alreadyDecided: "Somebody had decided before; that decision holds.",
  ended: "The cell has ended.",
};

function decided(decision: Approval["decision"]): string {
  return decision?.verdict === "approve" ? "approved" : "denied";
}

import type { ComponentChildren } from "preact";
import type { Cell, CellName } from "./api.js";
import { time } from "./format.js";

/** Why there is no answer, read out where it changes. */
export function Problem({ error }: { error: Error | undefined }) {
  return <div role="alert">{error !== undefined && <p class="problem">{error.message}</p>}</div>;
}

export function Badge({ status }: { status: string }) {
  return <span class={`badge ${status}`}>{status}</span>;
}

export function When({ at }: { at: number }) {
  return <time dateTime={new Date(at).toISOString()}>{time(at)}</time>;
}

export function CellLink({ cell }: { cell: CellName }) {
  return (
    <a href={linkTo(cell)}>
      <code>{cell.cellId}</code>
    </a>
  );
}

export function linkTo({ tenant, session, cellId }: CellName): string {
  return `#${["cell", tenant, session, cellId].map(encodeURIComponent).join("/")}`;
}

export function SessionLink({ of: { tenant, session } }: { of: Pick<Cell, "tenant" | "session"> }) {
  return (
    <a href={`#${["session", tenant, session].map(encodeURIComponent).join("/")}`}>{session}</a>
  );
}

/** A table that can be scrolled with keys where it is too wide. */
export function Table({
  name,
  heads,
  children,
}: {
  name: string;
  heads: readonly string[];
  children: ComponentChildren;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reached by keys
    <section class="scroll" aria-label={name} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}

/** One of few, as buttons. */
export function Choice<Value extends string>({
  name,
  values,
  value,
  onChange,
}: {
  name: string;
  values: readonly Value[];
  value: Value;
  onChange: (value: Value) => void;
}) {
  return (
    <fieldset class="choice">
      <legend>{name}</legend>
      {values.map((one) => (
        <button type="button" key={one} aria-pressed={one === value} onClick={() => onChange(one)}>
          {one}
        </button>
      ))}
    </fieldset>
  );
}

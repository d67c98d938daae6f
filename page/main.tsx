import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Api, ApiError } from "./api.js";
import { Approvals } from "./approvals.js";
import { CellView } from "./cell.js";
import { Cells, Sessions, SessionView } from "./lists.js";
import { Problem } from "./parts.js";

/** Where the key is, as long as the tab is open. */
const storageKey = "codecell-key";

function App() {
  const [api, setApi] = useState<Api>();
  const [isOut, setIsOut] = useState(false);
  const [error, setError] = useState<Error>();
  const enter = async (key: string | undefined): Promise<void> => {
    setError(undefined);
    try {
      setApi(await Api.open(key));
      if (key !== undefined) sessionStorage.setItem(storageKey, key);
    } catch (thrown) {
      setIsOut(true);
      const isUnasked = key === undefined && thrown instanceof ApiError && thrown.status === 401;
      if (!isUnasked) setError(thrown instanceof Error ? thrown : new Error(String(thrown)));
    }
  };
  const leave = (): void => {
    sessionStorage.removeItem(storageKey);
    setApi(undefined);
    setIsOut(true);
  };
  useEffect(() => void enter(sessionStorage.getItem(storageKey) ?? undefined), []);
  if (api !== undefined) return <Pages api={api} onLeave={leave} />;
  return isOut ? <Login onKey={enter} error={error} /> : <main class="note">Asking …</main>;
}

function Login({
  onKey,
  error,
}: {
  onKey: (key: string) => Promise<void>;
  error: Error | undefined;
}) {
  const [key, setKey] = useState("");
  return (
    <main class="login">
      <h1>codecell</h1>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void onKey(key.trim());
        }}
      >
        <label>
          Key or token{" "}
          <input
            type="password"
            autocomplete="off"
            required
            value={key}
            onInput={(event) => setKey(event.currentTarget.value)}
          />
        </label>
        <button type="submit">Enter</button>
      </form>
      <p class="note">It needs the scope read. It is kept until this tab is closed.</p>
      <Problem error={error} />
    </main>
  );
}

const pages = { cells: "Cells", sessions: "Sessions", approvals: "Approvals" };

function Pages({ api, onLeave }: { api: Api; onLeave: () => void }) {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const onHash = (): void => {
      setHash(location.hash);
      // Who reads with a screen reader is where the new page begins.
      document.querySelector("main")?.focus();
    };
    addEventListener("hashchange", onHash);
    // A link may have been clicked before.
    setHash(location.hash);
    return () => removeEventListener("hashchange", onHash);
  }, []);
  const [place = "cells", ...names] = placeOf(hash);
  return (
    <>
      <header>
        <nav aria-label="Pages">
          {Object.entries(pages).map(([key, title]) => (
            <a key={key} href={`#${key}`} aria-current={key === place ? "page" : undefined}>
              {title}
            </a>
          ))}
        </nav>
        <button type="button" onClick={onLeave}>
          Leave
        </button>
      </header>
      <main tabIndex={-1}>
        <Page api={api} place={place} names={names} />
      </main>
    </>
  );
}

function Page({ api, place, names }: { api: Api; place: string; names: readonly string[] }) {
  const [tenant, session, cellId] = names;
  if (place === "approvals") return <Approvals api={api} />;
  if (place === "sessions") return <Sessions api={api} />;
  if (tenant === undefined || session === undefined) return <Cells api={api} />;
  if (cellId === undefined) return <SessionView api={api} tenant={tenant} session={session} />;
  return <CellView api={api} name={{ tenant, session, cellId }} />;
}

function placeOf(hash: string): readonly string[] {
  if (hash.length < 2) return [];
  try {
    return hash.slice(1).split("/").map(decodeURIComponent);
  } catch {
    return [];
  }
}

const root = document.getElementById("page");
if (root !== null) render(<App />, root);

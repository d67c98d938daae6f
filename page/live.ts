import { useCallback, useEffect, useState } from "preact/hooks";

/** Milliseconds from one answer to the next question. */
const everyMs = 2000;

export interface Live<Value> {
  /** Undefined before the first answer. */
  readonly value: Value | undefined;
  /** Why the last question has no answer; the value is that of an earlier one. */
  readonly error: Error | undefined;
  /** Asks at once. */
  readonly refresh: () => void;
}

/**
 * Asks again and again, as long as the page is seen.
 *
 * @param key - What is asked: another one begins anew.
 */
export function useLive<Value>(key: string, ask: () => Promise<Value>): Live<Value> {
  const [state, setState] = useState<{ key: string; value?: Value; error?: Error }>({ key });
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const again = async (): Promise<void> => {
      clearTimeout(timer);
      if (document.visibilityState === "visible") {
        try {
          const value = await ask();
          if (!isOver) setState({ key, value });
        } catch (thrown) {
          const error = thrown instanceof Error ? thrown : new Error(String(thrown));
          if (!isOver) setState((last) => ({ ...(last.key === key ? last : { key }), error }));
        }
      }
      if (!isOver) timer = setTimeout(() => void again(), everyMs);
    };
    const onSeen = (): void => void again();
    document.addEventListener("visibilitychange", onSeen);
    void again();
    return () => {
      isOver = true;
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", onSeen);
    };
  }, [key, asked]);
  const refresh = useCallback(() => setAsked((count) => count + 1), []);
  const isCurrent = state.key === key;
  return {
    value: isCurrent ? state.value : undefined,
    error: isCurrent ? state.error : undefined,
    refresh,
  };
}

const heartbeatEveryMs = 5;

/** Measures the longest time for which the event loop of this process stands still. */
export function startHeartbeat() {
  let worstMs = 0;
  let beatAt = performance.now();
  const beat = () => {
    const at = performance.now();
    worstMs = Math.max(worstMs, at - beatAt - heartbeatEveryMs);
    beatAt = at;
  };
  const timer = setInterval(beat, heartbeatEveryMs);
  return {
    stop() {
      beat();
      clearInterval(timer);
      return worstMs;
    },
  };
}

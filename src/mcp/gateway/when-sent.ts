/** The response, and one call when it has been sent or is not taken any more. */
export function whenSent(response: Response, signal: AbortSignal, callback: () => void): Response {
  let isSent = false;
  const onSent = (): void => {
    if (!isSent) callback();
    isSent = true;
  };
  if (response.body === null) {
    onSent();
    return response;
  }
  const reader = response.body.getReader();
  // A stream with nothing to say does not notice that its client has gone.
  const leave = (): void => {
    onSent();
    // A stream that has failed cannot be cancelled, and need not be.
    reader.cancel().catch(() => undefined);
  };
  if (signal.aborted) leave();
  signal.addEventListener("abort", leave, { once: true });
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        controller.close();
      } catch (error) {
        controller.error(error);
      }
      onSent();
    },
    async cancel(reason) {
      onSent();
      await reader.cancel(reason);
    },
  });
  return new Response(body, response);
}

/** What sends requests of any method. */
export interface TaskRequester {
  request(request: object, resultSchema: object, options: object): Promise<unknown>;
}

/**
 * Calls a tool whose server runs it as a task only, and resolves with the task's result. An abort cancels
 * the task.
 *
 * @param anyResult - A schema that lets every result through.
 */
export async function callAsTask(
  client: TaskRequester,
  call: object,
  { anyResult, options }: { readonly anyResult: object; readonly options: object },
): Promise<unknown> {
  const request = { method: "tools/call", params: { ...call, task: {} } };
  const begun = await client.request(request, anyResult, options);
  const { task } = begun as { readonly task?: { readonly taskId?: unknown } };
  // A server may answer at once all the same.
  if (typeof task?.taskId !== "string") return begun;
  const params = { taskId: task.taskId };
  try {
    return await client.request({ method: "tasks/result", params }, anyResult, options);
  } catch (error) {
    if ((options as { readonly signal?: AbortSignal }).signal?.aborted) {
      // Nobody is left to be told where that fails.
      client.request({ method: "tasks/cancel", params }, anyResult, {}).catch(() => undefined);
    }
    throw error;
  }
}

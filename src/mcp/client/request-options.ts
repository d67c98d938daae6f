/** How far a request is, in the server's own units. */
export interface McpProgress {
  readonly progress: number;
  readonly total?: number | undefined;
  readonly message?: string | undefined;
}

/** Options of `ConnectedMcpServer.request`. */
export interface McpRequestOptions {
  /** Who has caused the request, for `McpServerRequest.causes`. */
  readonly cause?: object | undefined;
  /** Takes the request back. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: McpProgress) => void) | undefined;
}

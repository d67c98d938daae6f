import {
  type JSONRPCRequest,
  type LoggingLevel,
  type Result,
  Server,
  type ServerContext,
} from "@modelcontextprotocol/server";

type Handler = (request: JSONRPCRequest, context: ServerContext) => Promise<Result>;

/** The official server, which tells what its client says about log messages. */
export class GatewayServer extends Server {
  onLevel: ((level: LoggingLevel) => void) | undefined;

  // The official handler keeps the level, and there is one for each method.
  protected override _wrapHandler(method: string, handler: Handler): Handler {
    const wrapped = super._wrapHandler(method, handler);
    if (method !== "logging/setLevel") return wrapped;
    return async (request, context) => {
      const result = await wrapped(request, context);
      this.onLevel?.(request.params?.["level"] as LoggingLevel);
      return result;
    };
  }
}

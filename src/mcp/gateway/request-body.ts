import { JsonScan } from "../../base/json-scan.js";

/** Bytes of the body of one request. */
export const maxRequestBodySize: number = 16 * 1024 * 1024;
/** Values, keys included, of one body: exec takes a long text and little besides. */
const maxRequestValues = 20_000;
/** Bytes of a refused body that are read and thrown away before the connection is cut. */
const maxDiscardedBytes = 16 * 1024 * 1024;

const parseErrorCode = -32_700;

/** A request's body, which is parsed once; undefined where the request has none. */
export interface Body {
  readonly parsedBody?: unknown;
}

/** Reads the body of a request; a response instead says why it is refused. */
export async function readBody(
  { method }: Request,
  parts: AsyncIterable<Uint8Array>,
): Promise<Body | Response> {
  if (method !== "POST") return {};
  const text = await readText(parts);
  if (text instanceof Response) return text;
  // To join the parts and to parse them is work for two turns of the event loop.
  await new Promise(setImmediate);
  try {
    return { parsedBody: JSON.parse(text) as unknown };
  } catch {
    return problem(400, "The body is not valid JSON.", { code: parseErrorCode });
  }
}

/** Counts the body while it comes in: to parse millions of values would hold the event loop. */
async function readText(parts: AsyncIterable<Uint8Array>): Promise<string | Response> {
  const scan = new JsonScan();
  const kept: Uint8Array[] = [];
  let refusal: Response | undefined;
  let discarded = 0;
  for await (const part of parts) {
    if (refusal !== undefined) {
      // A client that still writes reads its answer only when it is done.
      discarded += part.byteLength;
      if (discarded > maxDiscardedBytes) break;
      continue;
    }
    scan.push(part);
    kept.push(part);
    refusal = refusalOf(scan);
    if (refusal !== undefined) kept.length = 0;
  }
  if (refusal === undefined) return Buffer.concat(kept).toString();
  if (discarded > maxDiscardedBytes) refusal.headers.set("connection", "close");
  return refusal;
}

function refusalOf(scan: JsonScan): Response | undefined {
  if (scan.bytes > maxRequestBodySize) {
    return problem(413, `The body is longer than ${maxRequestBodySize} bytes.`);
  }
  if (scan.values > maxRequestValues) {
    const message = `The body is made of more than ${maxRequestValues} values, keys included.`;
    return problem(413, message);
  }
  return undefined;
}

/** An answer without a result, as JSON-RPC has it. */
export function problem(
  status: number,
  message: string,
  {
    id = null,
    code = -32_000,
  }: { readonly id?: string | number | null; readonly code?: number } = {},
): Response {
  return Response.json({ jsonrpc: "2.0", id, error: { code, message } }, { status });
}

import {
  ProtocolError,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from "@modelcontextprotocol/client";
import { describe, expect, test } from "vitest";
import { CodeModeError } from "../../src/base/errors.js";
import { LoginEndedError } from "../../src/mcp/client/login-provider.js";
import {
  describeConnectFailure,
  describeEnd,
  isBrokenConnection,
  systemError,
  withLastLines,
} from "../../src/mcp/client/server-failure.js";
import { ServerProcess } from "../../src/mcp/client/server-process.js";

const http = new StreamableHTTPClientTransport(new URL("http://127.0.0.1/mcp"));
const process = new ServerProcess({
  command: "none",
  args: [],
  env: {},
  cwd: "/",
  onStderr: undefined,
});

/** An error of the operating system. */
function ofSystem(code: string, more: object = {}): Error {
  return Object.assign(new Error(`${code}: no luck`), { code, syscall: "connect", ...more });
}

const httpError = (status: number) =>
  new SdkHttpError(SdkErrorCode.ClientHttpNotImplemented, "refused", { status, statusText: "" });
const wantsLogin =
  'it wants a login (401 Unauthorized): run codecell login web, or give a token that is valid in the "headers" of its configuration';
const noCommand = ofSystem("ENOENT", { path: "npx" });
const noRight = ofSystem("EACCES", { path: "/srv/run" });

describe("why a server cannot be used is told:", () => {
  test.each<readonly [string, unknown, ServerProcess | StreamableHTTPClientTransport, string]>([
    ["a command that is not there", noCommand, process, "command not found: npx"],
    ["a command that is none", noRight, process, "command not executable: /srv/run"],
    ["a command that has no name", ofSystem("ENOENT"), process, "command not found: "],
    [
      "a file without right that has no name",
      ofSystem("EACCES"),
      process,
      "command not executable: ",
    ],
    [
      "a command, below another error",
      new Error("it failed", { cause: noCommand }),
      process,
      "command not found: npx",
    ],
    ["a file that is not there, over HTTP", noCommand, http, "ENOENT: no luck"],
    ["another fault of a process", ofSystem("ENOMEM"), process, "ENOMEM: no luck"],
    [
      "a login that has ended",
      new LoginEndedError(),
      http,
      "the login there is no longer valid: run codecell login web",
    ],
    [
      "a login that has ended, below another error",
      new Error("it failed", { cause: new Error("so", { cause: new LoginEndedError() }) }),
      http,
      "the login there is no longer valid: run codecell login web",
    ],
    ["the status 401", httpError(401), http, wantsLogin],
    ["the SDK's word for it", new UnauthorizedError("so"), http, wantsLogin],
    ["another status", httpError(403), http, "refused"],
    [
      "an error of the protocol",
      new ProtocolError(-5, "no disk"),
      http,
      "it answered with error -5: no disk",
    ],
    [
      "an answer that is none, in one line",
      new SdkError(SdkErrorCode.InvalidResult, "not\n  a\tresult"),
      http,
      "its answer is not what the protocol says: not a result",
    ],
    [
      "another word of the SDK, as it is",
      new SdkError(SdkErrorCode.SendFailed, "not\n sent"),
      http,
      "not\n sent",
    ],
    [
      "the system's error below one that does not say it",
      new Error("fetch failed", { cause: ofSystem("ECONNREFUSED") }),
      http,
      "fetch failed: ECONNREFUSED: no luck",
    ],
    [
      "the system's error once",
      new Error("fetch failed: ECONNREFUSED: no luck", { cause: ofSystem("ECONNREFUSED") }),
      http,
      "fetch failed: ECONNREFUSED: no luck",
    ],
    [
      "the first of several errors of the system, whose code alone is known",
      new Error("fetch failed", {
        cause: new AggregateError([
          Object.assign(ofSystem("ECONNREFUSED"), { message: "" }),
          ofSystem("ETIMEDOUT"),
        ]),
      }),
      http,
      "fetch failed: ECONNREFUSED",
    ],
    ["what is no error", "no disk", http, "no disk"],
    ["a thousand characters of many", new Error("x".repeat(1_001)), http, `${"x".repeat(1_000)}…`],
    ["a thousand characters", new Error("x".repeat(1_000)), http, "x".repeat(1_000)],
  ])("%s", (_what, error, transport, reason) => {
    expect(describeConnectFailure(error, transport, "web")).toBe(reason);
  });
});

describe("a connection is broken", () => {
  test.each<readonly [string, unknown, boolean]>([
    ["by an error of the system", ofSystem("EPIPE"), true],
    [
      "where the SDK says that it is closed",
      new SdkError(SdkErrorCode.ConnectionClosed, "x"),
      true,
    ],
    ["where the SDK says so without a code", new Error("Not connected"), true],
    ["but not by an error of the protocol", new ProtocolError(-5, "x"), false],
    ["but not by our own error", new CodeModeError("ERR_MCP_SERVER", "x"), false],
    ["but not by an answer that is none", new SdkError(SdkErrorCode.InvalidResult, "x"), false],
    ["but not by any error", new Error("x"), false],
    ["but not by an error with a number", Object.assign(new Error("x"), { code: 5 }), false],
    ["but not by what is no error", { code: "EPIPE" }, false],
    ["but not by nothing", undefined, false],
  ])("%s", (_what, error, expected) => {
    expect(isBrokenConnection(error)).toBe(expected);
  });
});

describe("the system's error is", () => {
  const refused = ofSystem("ECONNREFUSED");
  test.each<readonly [string, unknown, Error | undefined]>([
    ["the error itself", refused, refused],
    [
      "the highest of two",
      ofSystem("EPIPE", { cause: refused }),
      expect.objectContaining({ code: "EPIPE" }),
    ],
    ["at the bottom", new Error("x", { cause: new Error("y", { cause: refused }) }), refused],
    ["the first of several", new AggregateError([refused, ofSystem("EPIPE")]), refused],
    [
      "below the first of several",
      new AggregateError([new Error("x", { cause: refused })]),
      refused,
    ],
    [
      "none where there is only a code",
      Object.assign(new Error("x"), { code: "EPIPE" }),
      undefined,
    ],
    [
      "none where there is only a call",
      Object.assign(new Error("x"), { syscall: "connect" }),
      undefined,
    ],
    ["none of none", new AggregateError([]), undefined],
    ["none of what is no error", refused.message, undefined],
  ])("%s", (_what, error, expected) => {
    expect(systemError(error)).toEqual(expected);
  });
});

test.each([
  [{ code: 1, signal: null }, "exited with code 1"],
  [{ code: 0, signal: null }, "exited with code 0"],
  [{ code: null, signal: "SIGKILL" as const }, "was ended by SIGKILL"],
  [{ code: null, signal: null }, "exited with code unknown"],
  [undefined, "exited with code unknown"],
])("a process that ended with %j %s", (end, words) => {
  expect(describeEnd(end)).toBe(words);
});

test.each([
  [[], "it died (it printed nothing)"],
  [["a"], "it died. Its last lines:\n  a"],
  [["a", "b"], "it died. Its last lines:\n  a\n  b"],
])("what a server said last is shown: %j", (lines, text) => {
  expect(withLastLines("it died", lines)).toBe(text);
});

import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { checkValue } from "../../../src/server/http/check-values.js";
import { JsonBodies, maxBodyBytes } from "../../../src/server/http/json-body.js";

const allBodies = 256 * 1024 * 1024;

/** A request whose body is still to come: `push(null)` ends it. */
function requestWith(body?: Uint8Array | string, length?: number): IncomingMessage {
  const request = new IncomingMessage(new Socket());
  if (length !== undefined) request.headers["content-length"] = String(length);
  if (body === undefined) return request;
  request.push(Buffer.from(body));
  request.push(null);
  return request;
}

/** A text in JSON of so many bytes, which are counted quickly: they are a string in lists. */
function textOf(bytes: number): Buffer {
  return Buffer.concat([Buffer.from('[[["'), Buffer.alloc(bytes - 8, "x"), Buffer.from('"]]]')]);
}

function told(reading: Promise<unknown>): Promise<unknown> {
  return reading.then(
    () => "read",
    ({ code, status, message }) => `${code} ${status ?? "of its code"}: ${message}`,
  );
}

const longest = textOf(maxBodyBytes);
const tooLong = `ERR_BODY 413: The body is longer than ${maxBodyBytes} bytes.`;

describe("the body of a request", () => {
  test("is read as it is, and is an empty object where there is none", async () => {
    const bodies = new JsonBodies();
    expect(await bodies.read(requestWith('{"a":["ä"]}'))).toEqual({ a: ["ä"] });
    expect(await bodies.read(requestWith(""))).toEqual({});
  });

  test.each([
    ["as long as it may be", requestWith(longest), "read"],
    ["as long as it may be, as it says", requestWith(longest, maxBodyBytes), "read"],
    ["a byte longer", requestWith(textOf(maxBodyBytes + 1)), tooLong],
    ["a byte longer, as it only says", requestWith("1", maxBodyBytes + 1), tooLong],
    ["of as many values as it may have", requestWith(`[0${",0".repeat(19_999)}]`), "read"],
    [
      "of one value more",
      requestWith(`[0${",0".repeat(20_000)}]`),
      "ERR_BODY 413: The body is made of more than 20000 values, keys included.",
    ],
    ["not JSON", requestWith("{"), expect.stringMatching(/: The body is not JSON: (?!\w*Error)/)],
    [
      "not UTF-8",
      requestWith(Uint8Array.of(0x22, 0xff, 0x22)),
      "ERR_BODY of its code: The body is not UTF-8.",
    ],
  ])("that is %s: %#", async (_, request, expected) => {
    expect(await told(new JsonBodies().read(request))).toEqual(expected);
  });

  test("that is too long leaves its connection, which has the answer yet to carry", async () => {
    const request = requestWith();
    request.push(textOf(maxBodyBytes + 1));
    expect(await told(new JsonBodies().read(request))).toBe(tooLong);
    expect(request.destroyed).toBe(false);
  });

  test("is refused while the others take all the memory that bodies may have, and not after that", async () => {
    const bodies = new JsonBodies();
    // What was refused takes nothing.
    expect(await told(bodies.read(requestWith(textOf(maxBodyBytes + 1))))).toBe(tooLong);
    const others = Array.from({ length: allBodies / maxBodyBytes }, () => requestWith());
    const readings = others.map((other) => told(bodies.read(other)));
    for (const other of others) other.push(longest);
    while (others.some(({ readableLength }) => readableLength > 0)) await setImmediate();
    const one = () => bodies.read(requestWith("1"));
    await expect(one()).rejects.toMatchObject({
      code: "ERR_QUOTA",
      message: "Too many large requests come in; try again.",
      retryAfterMs: 1000,
    });
    others[0]?.push(null);
    expect(await readings[0]).toBe("read");
    expect(await one()).toBe(1);
    for (const other of others.slice(1)) other.destroy();
    await Promise.all(readings);
  });
});

describe("a value that a schema does not allow", () => {
  const schema = {
    type: "object",
    additionalProperties: false,
    properties: {
      kind: { enum: ["a", "b"] },
      count: { type: "integer" },
      lists: { additionalProperties: { type: "object", additionalProperties: false } },
    },
  };
  test.each([
    [[], "The body must be object."],
    [{ count: 1.5 }, "The body at /count must be integer."],
    [{ kind: "c" }, 'The body at /kind must be one of ["a","b"].'],
    [{ other: 1 }, 'The body has the member "other", which is not known.'],
    [
      { lists: { ["l".repeat(300)]: { ["m".repeat(200)]: 1 } } },
      `The body at /lists/${"l".repeat(193)} has the member "${"m".repeat(100)}", which is not known.`,
    ],
  ])("is told in a sentence, however long its names are: %#", (value, message) => {
    expect(() => checkValue(schema, value, "The body")).toThrow(
      expect.objectContaining({ code: "ERR_BODY", message }),
    );
    expect(() => checkValue(schema, { kind: "a" }, "The body")).not.toThrow();
  });
});

import { describe, expect, test } from "vitest";
import {
  readWebhookAnswer,
  WebhookFailure,
} from "../../../src/server/webhooks/read-webhook-answer.js";

const json = "application/json";

/** What comes of an answer: its value, or how it fails. */
function read(status: number, type = json, text = ""): unknown {
  try {
    return readWebhookAnswer({ status, type, text });
  } catch (error) {
    const { message } = error as Error;
    if (!(error instanceof WebhookFailure)) return `refused: ${message}`;
    return `${error.mayPass ? "may pass" : "failed"}: ${message}`;
  }
}

describe("the answer of a webhook", () => {
  test.each<[number, string, string, unknown]>([
    [200, json, '{"a":1}', { a: 1 }],
    [299, json, "false", false],
    [204, "", "", null],
    [200, "text/html", "", null],
    [200, json, "{", "failed: answered with what is not JSON"],
    [200, "", "1", "failed: answered with no content type, not JSON"],
    [200, "text/plain", "1", 'failed: answered with "text/plain", not JSON'],
    [200, "application/vnd.a+json", "[1]", [1]],
  ])("%d of %j with %j is its value, or none", (status, type, text, expected) => {
    expect(read(status, type, text)).toEqual(expected);
  });

  test("is shown of a content type no more than a part", () => {
    expect(String(read(200, "x".repeat(1000), "1")).length).toBeLessThan(150);
  });

  test.each([
    [199, "failed: answered with status 199"],
    [300, "failed: answered with a redirect (300), which is not followed"],
    [399, "failed: answered with a redirect (399), which is not followed"],
    [400, "failed: answered with status 400"],
    [407, "failed: answered with status 407"],
    [408, "may pass: answered with status 408"],
    [409, "failed: answered with status 409"],
    [428, "failed: answered with status 428"],
    [429, "may pass: answered with status 429"],
    [430, "failed: answered with status 430"],
    [499, "failed: answered with status 499"],
    [500, "may pass: answered with status 500"],
    [503, "may pass: answered with status 503"],
  ])("%d without words", (status, expected) => {
    expect(read(status)).toBe(expected);
    // Words of what may pass are the machine's own, and not for a cell.
    if (expected.startsWith("may pass")) expect(read(status, "text/plain", "at db")).toBe(expected);
  });

  test.each<[string, string, unknown]>([
    [json, '{"message":"No."}', "refused: No."],
    [json, '{"error":"No."}', "refused: No."],
    [json, '{"error":{"message":"No."}}', "refused: No."],
    [json, '{"error":{"error":"No."}}', "refused: No."],
    [json, '{"error":null,"detail":"No."}', "refused: No."],
    ["application/problem+json", '{"title":"T","detail":"No."}', "refused: No."],
    [json, '{"message":"First.","error":"Second.","detail":"Third."}', "refused: First."],
    [json, '{"error":"Second.","detail":"Third."}', "refused: Second."],
    [json, '{"message":5,"detail":"No."}', "refused: No."],
    [json, '{"message":""}', "failed: answered with status 400"],
    [json, '{"code":"x"}', "failed: answered with status 400"],
    [json, '"No."', "failed: answered with status 400"],
    [json, "null", "failed: answered with status 400"],
    [json, "{", "failed: answered with status 400"],
    ["text/plain", " No.\n", "refused: No."],
    ["text/plain", " \n", "failed: answered with status 400"],
    ["text/html", "<b>No.</b>", "failed: answered with status 400"],
    ["", "No.", "failed: answered with status 400"],
  ])("that refuses a call with %j of %j", (type, text, expected) => {
    expect(read(400, type, text)).toBe(expected);
  });

  test("has words of four thousand characters at most", () => {
    const told = (length: number): string => String(read(400, "text/plain", "x".repeat(length)));
    expect(told(4000)).toBe(`refused: ${"x".repeat(4000)}`);
    expect(told(5000).length).toBeLessThanOrEqual("refused: ".length + 4000 + 1);
  });
});

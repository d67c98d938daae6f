import { previewJson } from "./json-preview.js";
import { shorten } from "./shorten.js";

const maxPreviewLength = 80;

/**
 * Says in a few words what a value is, for error messages: `a string "abc"`, `an object {"a":1}`.
 * Never throws, whatever the value does.
 */
export function describeValue(value: unknown): string {
  try {
    return describeUnsafely(value);
  } catch {
    return "a value that cannot be shown";
  }
}

function describeUnsafely(value: unknown): string {
  switch (typeof value) {
    case "undefined":
      return "undefined";
    case "string":
      return `a string ${preview(value)}`;
    case "number":
      return `the number ${Object.is(value, -0) ? "-0" : value}`;
    case "bigint":
      return `the bigint ${shorten(String(value), maxPreviewLength)}`;
    case "boolean":
      return `the boolean ${value}`;
    case "symbol":
      return "a symbol";
    case "function":
      return "a function";
    case "object":
      if (value === null) return "null";
      return `${Array.isArray(value) ? "an array" : "an object"} ${preview(value)}`;
  }
}

function preview(value: string | object): string {
  if (typeof value === "string") return JSON.stringify(shorten(value, maxPreviewLength));
  return previewJson(value, maxPreviewLength) ?? "";
}

/**
 * The text of something thrown: its `message` where that is a non-empty string, else its string
 * form. Never throws, whatever the value does.
 */
export function describeThrown(thrown: unknown): string {
  try {
    if (typeof thrown === "object" && thrown !== null && "message" in thrown) {
      const { message } = thrown;
      if (typeof message === "string" && message !== "") return message;
    }
    return String(thrown);
  } catch {
    return "An error that cannot be shown was thrown.";
  }
}

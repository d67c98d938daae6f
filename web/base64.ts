import { DOMException } from "./dom-exception.js";
import { requireArguments } from "./interface.js";

export function btoa(data: unknown): string {
  requireArguments("btoa", arguments.length, 1);
  const encoded = native.toBase64(String(data));
  if (encoded !== undefined) return encoded;
  throw new DOMException(
    "btoa takes characters up to U+00FF; encode other text first, with TextEncoder",
    "InvalidCharacterError",
  );
}

export function atob(data: unknown): string {
  requireArguments("atob", arguments.length, 1);
  const decoded = native.fromBase64(String(data));
  if (decoded !== undefined) return decoded;
  throw new DOMException("The text is not base64", "InvalidCharacterError");
}

/** What a `data:` URL holds. */
export interface UrlData {
  /** In lower case, without parameters. */
  readonly mimeType: string;
  readonly bytes: Buffer;
}

/** Reads a `data:` URL; undefined where it is another kind of address. */
export function readDataUrl(url: string): UrlData | undefined {
  const comma = url.indexOf(",");
  if (!/^data:/i.test(url) || comma === -1) {
    return undefined;
  }
  const [mimeType, ...parameters] = url.slice("data:".length, comma).toLowerCase().split(";");
  const data = url.slice(comma + 1);
  const isBase64 = parameters.some((parameter) => parameter.trim() === "base64");
  return {
    mimeType: mimeType || "text/plain",
    bytes: isBase64 ? Buffer.from(data, "base64") : percentDecoded(data),
  };
}

function percentDecoded(text: string): Buffer {
  try {
    return Buffer.from(decodeURIComponent(text), "utf8");
  } catch {
    return Buffer.from(text, "utf8");
  }
}

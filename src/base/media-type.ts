/** Bytes that `mediaTypeOf` needs at most. */
export const mediaTypeBytes = 512;

/** How the bytes of a kind of file begin; `at` is where, 0 unless it is said. */
interface Signature {
  readonly type: string;
  readonly begins: readonly { readonly bytes: string; readonly at?: number }[];
}

// The bytes are written as Latin-1.
const signatures: readonly Signature[] = [
  { type: "image/png", begins: [{ bytes: "\x89PNG\r\n\x1a\n" }] },
  { type: "image/jpeg", begins: [{ bytes: "\xff\xd8\xff" }] },
  { type: "image/gif", begins: [{ bytes: "GIF8" }] },
  { type: "image/webp", begins: [{ bytes: "RIFF" }, { bytes: "WEBP", at: 8 }] },
  { type: "image/bmp", begins: [{ bytes: "BM" }, { bytes: "\0\0\0\0", at: 6 }] },
  { type: "image/tiff", begins: [{ bytes: "II*\0" }] },
  { type: "image/tiff", begins: [{ bytes: "MM\0*" }] },
  { type: "image/avif", begins: [{ bytes: "ftypavi", at: 4 }] },
  { type: "image/heic", begins: [{ bytes: "ftyphei", at: 4 }] },
  { type: "image/heic", begins: [{ bytes: "ftyphev", at: 4 }] },
  { type: "image/heif", begins: [{ bytes: "ftypmif1", at: 4 }] },
  { type: "audio/wav", begins: [{ bytes: "RIFF" }, { bytes: "WAVE", at: 8 }] },
  { type: "audio/mpeg", begins: [{ bytes: "ID3" }] },
  { type: "audio/ogg", begins: [{ bytes: "OggS" }] },
  { type: "audio/flac", begins: [{ bytes: "fLaC" }] },
  { type: "audio/mp4", begins: [{ bytes: "ftypM4A", at: 4 }] },
  { type: "audio/webm", begins: [{ bytes: "\x1a\x45\xdf\xa3" }] },
  { type: "audio/aiff", begins: [{ bytes: "FORM" }, { bytes: "AIF", at: 8 }] },
];

/**
 * The media type of an image or a sound, from how its bytes begin; undefined where they are of no kind
 * that is known.
 */
export function mediaTypeOf(bytes: Buffer): string | undefined {
  const start = bytes.toString("latin1", 0, mediaTypeBytes);
  const known = signatures.find(({ begins }) =>
    begins.every(({ bytes: expected, at = 0 }) => start.startsWith(expected, at)),
  );
  if (known !== undefined) return known.type;
  return mpegAudioType(bytes) ?? (isSvg(start) ? "image/svg+xml" : undefined);
}

/** A frame of MPEG audio begins with eleven bits that are set; layer 0 means AAC. */
function mpegAudioType(bytes: Buffer): string | undefined {
  const [first = 0, second = 0, third = 0xff] = bytes;
  if (first !== 0xff || (second & 0xe0) !== 0xe0) return undefined;
  if ((second & 0xf6) === 0xf0) return "audio/aac";
  const [isNoVersion, isNoLayer] = [(second & 0x18) === 0x08, (second & 0x06) === 0];
  return isNoVersion || isNoLayer || third >> 4 === 0xf ? undefined : "audio/mpeg";
}

function isSvg(start: string): boolean {
  const text = start.replace(/^\xef\xbb\xbf/, "").trimStart();
  return text.startsWith("<svg") || (/^<[?!]/.test(text) && text.includes("<svg"));
}

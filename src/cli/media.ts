import { closeSync, constants, fstatSync, ftruncateSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readDataUrl } from "../base/data-url.js";
import type { OutputItem } from "../protocol/outcome.js";
import { formatBytes, oneLine } from "./format.js";
import { imageSize } from "./image-size.js";

export type MediaItem = Exclude<OutputItem, { readonly type: "text" }>;

/** Characters of a media type, and of an address, that are shown. */
const maxType = 100;
const maxAddress = 2_000;

const extensions: Readonly<Record<string, string>> = {
  "image/jpeg": "jpg",
  "image/svg+xml": "svg",
  "image/x-icon": "ico",
  "audio/mpeg": "mp3",
  "audio/x-wav": "wav",
  "audio/mp4": "m4a",
  "application/octet-stream": "bin",
};

/** "image/png, 20×20, 1.2 kB"; the address itself where the image is not in the item. */
export function describeMedia(item: MediaItem): string {
  const url = mediaUrl(item);
  const media = readDataUrl(url);
  if (media === undefined) {
    return `${item.type} at ${oneLine(url, maxAddress)}`;
  }
  const size = imageSize(media.bytes);
  const dimensions = size === undefined ? "" : ` ${size.width}×${size.height},`;
  return `${oneLine(media.mimeType, maxType)},${dimensions} ${formatBytes(media.bytes.length)}`;
}

/**
 * Saves an image or a sound.
 *
 * @param name - The file's name without its extension, which follows from the media type.
 * @returns The file's path; undefined where the item holds an address and no data.
 * @throws {Error} from the file system. It writes at once, so that lines stay in the cell's order.
 */
export function saveMedia(item: MediaItem, directory: string, name: string): string | undefined {
  const media = readDataUrl(mediaUrl(item));
  if (media === undefined) {
    return undefined;
  }
  const subtype = media.mimeType.split("/")[1] ?? "";
  const extension =
    extensions[media.mimeType] ?? (/^[a-z0-9]{1,8}$/.test(subtype) ? subtype : "bin");
  const path = join(directory, `${name}.${extension}`);
  writeOwnFile(path, media.bytes);
  return path;
}

/** Writes a file, not what a link of its name leads to, and to no device or pipe. */
function writeOwnFile(path: string, bytes: Buffer): void {
  const { O_WRONLY, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = openOwnFile(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK);
  try {
    if (!fstatSync(file).isFile()) throw new Error(`${path} is not a file; remove it`);
    ftruncateSync(file);
    writeFileSync(file, bytes);
  } finally {
    closeSync(file);
  }
}

function openOwnFile(path: string, flags: number): number {
  try {
    return openSync(path, flags, 0o666);
  } catch (error) {
    switch ((error as NodeJS.ErrnoException).code) {
      case "ELOOP":
        throw new Error(
          `${path} is a symbolic link, and codecell does not write through links; remove it`,
        );
      case "ENXIO":
        throw new Error(`${path} is not a file; remove it`);
    }
    throw error;
  }
}

function mediaUrl(item: MediaItem): string {
  return item.type === "image" ? item.imageUrl : item.audioUrl;
}

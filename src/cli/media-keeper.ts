import type { OutputItem } from "../protocol/outcome.js";
import { type MediaItem, saveMedia } from "./media.js";
import type { Report } from "./report.js";

/** Saves a cell's images and sounds under numbered names, where they are to be saved. */
export class MediaKeeper {
  readonly saved: string[] = [];
  readonly #prefix: string;
  readonly #directory: string | undefined;
  readonly #report: Report;
  #count = 0;
  #isSaved = true;

  /** @param options - `out`: the directory; undefined where media are only told of. */
  constructor(
    prefix: string,
    { out, report }: { readonly out?: string | undefined; readonly report: Report },
  ) {
    this.#prefix = prefix;
    this.#directory = out;
    this.#report = report;
  }

  /** False where an item could not be written. */
  get isSaved(): boolean {
    return this.#isSaved;
  }

  take(item: OutputItem): void {
    if (item.type === "text") {
      return;
    }
    this.#count += 1;
    this.#report.media(item, this.#save(item));
  }

  #save(item: MediaItem): string | undefined {
    if (this.#directory === undefined) {
      return undefined;
    }
    try {
      const name = `${this.#prefix}-${item.type}-${this.#count}`;
      const path = saveMedia(item, this.#directory, name);
      if (path !== undefined) {
        this.saved.push(path);
      }
      return path;
    } catch (error) {
      this.#isSaved = false;
      this.#report.mediaNotSaved(error as Error);
      return undefined;
    }
  }
}

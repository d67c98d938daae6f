import { type InspectOptions, inspect } from "node:util";
import { readDataUrl } from "../../base/data-url.js";
import { formatBytes, visible } from "../format.js";
import { imageSize } from "../image-size.js";

/** A value of a cell as JSON; the lists are written by the module of cell-module.ts. */
export type ValueNode = string | number | boolean | null | readonly [kind: string, ...unknown[]];

type Stylize = (text: string, style: "special" | "undefined") => string;

/** Characters of base64 from which on media are told by type and size. */
const longBase64 = 64;

/** Writes a value over as many lines as it needs, media by their type and size. */
export function showValue(
  node: ValueNode,
  { colors, width }: { readonly colors: boolean; readonly width: number },
): string {
  const options: InspectOptions = {
    colors,
    depth: Number.POSITIVE_INFINITY,
    breakLength: width,
    maxStringLength: 10_000,
    maxArrayLength: 100,
  };
  if (typeof node !== "string") return inspect(new Rebuilder().build(node), options);
  const media = mediaText(node);
  return media ?? visible(node);
}

/** Makes of a node an object that is written as the value would be, and runs nothing of the cell's. */
class Rebuilder {
  /** In the order in which the cell met them, for values that hold one another. */
  readonly #objects: unknown[] = [];

  build(node: unknown): unknown {
    if (typeof node === "string") {
      const media = mediaText(node);
      return media === undefined ? node : written(media);
    }
    if (!Array.isArray(node)) return node;
    const [kind, one, two, three] = node as [string, never, never, never];
    switch (kind) {
      case "number":
        return Number(one);
      case "bigint":
        return BigInt(one);
      case "undefined":
        return undefined;
      case "symbol":
        return Symbol(one);
      case "ref":
        return this.#objects[one];
      case "function":
        return written(`[${two ? "class" : "Function"} ${visible(one) || "(anonymous)"}]`);
      case "error":
        return this.#made(written(visible(one), "undefined"));
      case "date":
        return this.#made(new Date(one ?? Number.NaN));
      case "regexp":
        return this.#made(written(visible(`/${one}/${two}`)));
      case "typed":
        return this.#made(written(`${visible(one)}(${three}) [ ${listed(two, three)} ]`));
      case "array":
        return this.#array(one, two);
      case "map":
        return this.#map(one);
      case "set":
        return this.#set(one);
      case "object":
        return this.#object({}, one);
      case "instance":
        return this.#object(instanceOf(visible(one)), two);
      case "cut":
        return written(`[${visible(one)}]`);
      default:
        return this.#made(written(`[${visible(String(one))}]`));
    }
  }

  #made<Value>(value: Value): Value {
    this.#objects.push(value);
    return value;
  }

  #array(items: readonly unknown[], length: number): unknown[] {
    const array: unknown[] = this.#made([]);
    items.forEach((item, index) => {
      if (!(Array.isArray(item) && item[0] === "hole")) array[index] = this.build(item);
    });
    // What was left out is told as so many more items.
    array.length = length;
    return array;
  }

  #map(entries: readonly (readonly [unknown, unknown])[]): Map<unknown, unknown> {
    const map = this.#made(new Map<unknown, unknown>());
    for (const [key, value] of entries) map.set(this.build(key), this.build(value));
    return map;
  }

  #set(items: readonly unknown[]): Set<unknown> {
    const set = this.#made(new Set<unknown>());
    for (const item of items) set.add(this.build(item));
    return set;
  }

  #object(target: object, entries: readonly (readonly [string, unknown])[]): object {
    this.#made(target);
    const mimeType = entries.find(([key]) => key === "mimeType" || key === "mediaType")?.[1];
    for (const [key, item] of entries) {
      const isMedia = key === "data" || key === "blob";
      const media =
        isMedia && typeof mimeType === "string" && typeof item === "string"
          ? mediaText(`data:${mimeType};base64,${item}`)
          : undefined;
      const value = media === undefined ? this.build(item) : written(media);
      Object.defineProperty(target, key, { value, enumerable: true });
    }
    return target;
  }
}

/** An object that is written as this text. */
function written(text: string, style: "special" | "undefined" = "special"): object {
  return {
    [inspect.custom]: (_depth: number, { stylize }: { readonly stylize: Stylize }) =>
      stylize(text, style),
  };
}

/** An object that is written as an instance of a class of this name. */
function instanceOf(name: string): object {
  const named = { [name]: class {} }[name];
  return Object.create(named?.prototype ?? null) as object;
}

function listed(items: readonly string[], length: number): string {
  const more = length - items.length;
  return more > 0 ? `${items.join(", ")}, … ${more} more` : items.join(", ");
}

/** "<image/png, 20×20, 4.1 kB>" of a long data URL; undefined of any other text. */
function mediaText(text: string): string | undefined {
  if (text.length < longBase64 || !/^data:[^,]{0,200};base64,/.test(text)) return undefined;
  const media = readDataUrl(text);
  if (media === undefined) return undefined;
  const size = imageSize(media.bytes);
  const dimensions = size === undefined ? "" : ` ${size.width}×${size.height},`;
  return `<${visible(media.mimeType)},${dimensions} ${formatBytes(media.bytes.length)}>`;
}

import type { JsonSchema } from "../tools/tool-definition.js";
import { isRecord, isSchemaNode, type SchemaNode, subschemas } from "./schema-node.js";

/** A schema with an `$id` of its own, or the whole document: where its local references look. */
interface Resource {
  readonly root: SchemaNode;
  readonly id: string;
  readonly anchors: Map<string, SchemaNode>;
}

/** What a reference means, and what the reference calls it. */
interface Target {
  readonly schema: SchemaNode;
  readonly name: string | undefined;
}

/** A JSON Schema as a whole: finds what references mean, and what is used in more than one place. */
export class SchemaDocument {
  readonly root: SchemaNode;
  readonly #resourceOf = new Map<SchemaNode, Resource>();
  readonly #byId = new Map<string, Resource>();
  readonly #uses = new Map<SchemaNode, number>();
  readonly #nameOf = new Map<SchemaNode, string | undefined>();
  readonly #targets = new Map<JsonSchema, Target | undefined>();

  constructor(root: SchemaNode) {
    this.root = root;
    this.#index();
    this.#countUses();
  }

  /**
   * What the `$ref` of a schema of this document means, through references that say nothing else;
   * undefined where it leads nowhere.
   */
  resolve(schema: JsonSchema): SchemaNode | undefined {
    const seen = new Set<SchemaNode>();
    let target = this.#follow(schema);
    while (isRecord(target) && isBareReference(target)) {
      if (seen.has(target)) return undefined;
      seen.add(target);
      target = this.#follow(target);
    }
    return target;
  }

  /** How many places of the document mean this schema: the one where it stands, and references. */
  usesOf(schema: SchemaNode): number {
    return this.#uses.get(schema) ?? 0;
  }

  /** What the document calls a schema that something refers to; undefined where nothing has. */
  nameOf(schema: SchemaNode): string | undefined {
    return this.#nameOf.get(schema);
  }

  #follow(schema: JsonSchema): SchemaNode | undefined {
    if (!this.#targets.has(schema)) this.#targets.set(schema, this.#findTarget(schema));
    const target = this.#targets.get(schema);
    if (target === undefined) return undefined;
    this.#nameOf.set(target.schema, target.name);
    return target.schema;
  }

  #findTarget(schema: JsonSchema): Target | undefined {
    const { $ref } = schema;
    const own = this.#resourceOf.get(schema);
    if (typeof $ref !== "string" || own === undefined) return undefined;
    const hash = $ref.indexOf("#");
    const base = hash === -1 ? $ref : $ref.slice(0, hash);
    const fragment = decodeFragment(hash === -1 ? "" : $ref.slice(hash + 1));
    const resource = base === "" ? own : this.#byId.get(resolveId(base, own.id));
    if (resource === undefined) return undefined;
    const target = find(resource, fragment);
    if (target === undefined) return undefined;
    return { schema: target, name: lastName(fragment || resource.id) };
  }

  #index(): void {
    const whole = this.#openResource(this.root, "");
    const left: (readonly [unknown, Resource])[] = [[this.root, whole]];
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const [value, parent] = next;
      if (typeof value !== "object" || value === null) continue;
      const resource = isRecord(value) ? this.#place(value, parent) : parent;
      for (const inner of Object.values(value)) left.push([inner, resource]);
    }
  }

  #place(schema: JsonSchema, parent: Resource): Resource {
    const { $id, $anchor } = schema;
    const isAnchor = typeof $id === "string" && $id.startsWith("#");
    const opens = typeof $id === "string" && !isAnchor;
    const resource = opens ? this.#openResource(schema, resolveId($id, parent.id)) : parent;
    this.#resourceOf.set(schema, resource);
    // Draft-07 has no `$anchor`, and writes `"$id": "#name"`.
    if (isAnchor) resource.anchors.set($id.slice(1), schema);
    if (typeof $anchor === "string") resource.anchors.set($anchor, schema);
    return resource;
  }

  #openResource(root: SchemaNode, id: string): Resource {
    const resource = { root, id, anchors: new Map<string, SchemaNode>() };
    this.#byId.set(id, resource);
    return resource;
  }

  #countUses(): void {
    const left: SchemaNode[] = [this.root];
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const uses = this.usesOf(next) + 1;
      this.#uses.set(next, uses);
      if (uses > 1 || typeof next === "boolean") continue;
      const target = this.resolve(next);
      left.push(...subschemas(next), ...(target === undefined ? [] : [target]));
    }
  }
}

const annotations = ["$ref", "title", "description", "default", "examples", "deprecated"];

function isBareReference(schema: JsonSchema): boolean {
  return "$ref" in schema && Object.keys(schema).every((keyword) => annotations.includes(keyword));
}

function find({ root, anchors }: Resource, fragment: string): SchemaNode | undefined {
  if (fragment === "") return root;
  return fragment.startsWith("/") ? followPointer(root, fragment) : anchors.get(fragment);
}

function resolveId(id: string, base: string): string {
  try {
    return withoutFragment(new URL(id, base === "" ? undefined : base).href);
  } catch {
    return withoutFragment(id);
  }
}

function withoutFragment(id: string): string {
  return id.replace(/#.*/s, "");
}

function decodeFragment(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

function followPointer(root: SchemaNode, pointer: string): SchemaNode | undefined {
  let value: unknown = root;
  for (const segment of pointer.split("/").slice(1)) {
    const key = segment.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as JsonSchema)[key];
  }
  return isSchemaNode(value) ? value : undefined;
}

const places = /^(?:\d+|items|prefixItems|properties|additionalProperties|anyOf|oneOf|allOf)$/;

/** The last part of a pointer or an `$id` that is a name and not a keyword or an index; undefined without any. */
function lastName(pointer: string): string | undefined {
  return pointer.split("/").findLast((segment) => !places.test(segment));
}

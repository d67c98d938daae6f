import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";

type Content = Readonly<Record<string, { readonly schema: object }>>;

interface Operation {
  readonly responses: Readonly<Record<string, { readonly content: Content }>>;
}

/** What a server says of its API, to look at what it answers. */
export class ApiDocument {
  readonly #ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
  readonly #paths: readonly (readonly [RegExp, Readonly<Record<string, Operation>>])[];
  readonly #error: object;
  readonly #compiled = new Map<object, ValidateFunction>();

  private constructor(document: {
    readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
    readonly components: { readonly schemas: { readonly Error: object } };
  }) {
    this.#error = document.components.schemas.Error;
    this.#paths = Object.entries(document.paths).map(([path, operations]) => {
      const pattern = path.replaceAll(".", "\\.").replace(/\{\w+\}/g, "[^/]+");
      return [new RegExp(`^${pattern}$`), operations] as const;
    });
  }

  /** @param requestId - Of the request for it. */
  static async of(url: string, requestId: string): Promise<ApiDocument> {
    const headers = { "x-request-id": requestId };
    const answer = await fetch(`${url}/openapi.json`, { headers });
    return new ApiDocument((await answer.json()) as never);
  }

  /** @throws Where an answer in JSON is not what the document says. */
  check(method: string, target: string, status: number, json: unknown): void {
    const [path = ""] = target.split("?");
    const [, operations] = this.#paths.find(([pattern]) => pattern.test(path)) ?? [];
    const responses = operations?.[method.toLowerCase()]?.responses;
    // What is not in the document is refused as all else is, but for what serves other protocols.
    if (responses === undefined && (status < 400 || !path.startsWith("/v1/"))) return;
    const schema = responses?.[status]?.content["application/json"]?.schema ?? this.#error;
    const validate = this.#compiled.get(schema) ?? this.#ajv.compile(schema);
    this.#compiled.set(schema, validate);
    if (validate(json)) return;
    const faults = this.#ajv.errorsText(validate.errors);
    throw new Error(
      `${method} ${path} has answered ${status} with what its document does not have: ${faults}`,
    );
  }
}

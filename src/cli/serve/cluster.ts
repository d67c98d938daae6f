import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { isClusterStore } from "../../durable/cluster-store.js";
import type { DurableStore } from "../../durable/store.js";
import { RoutedCells, type RoutedCellsOptions } from "../../server/cluster/routed-cells.js";
import { visible } from "../format.js";
import { UsageError } from "../usage-error.js";
import type { ServeOptions } from "./serve-options.js";

const secretVariable = "CODECELL_CLUSTER_SECRET";

const minSecretLength = 16;

/**
 * What makes this server one of many; undefined where its store is a file, which one server has for itself.
 *
 * @throws {UsageError}
 */
export async function openCluster(
  options: ServeOptions,
  store: DurableStore,
  cells: Pick<RoutedCellsOptions, "local" | "quotaOf" | "onProblem">,
): Promise<RoutedCells | undefined> {
  const secret = await readSecret(options.clusterSecret);
  if (options.advertise !== undefined) checkUrl(options.advertise);
  if (isClusterStore(store)) {
    return new RoutedCells({ ...cells, store, secret, targetCells: options.targetCells });
  }
  if (options.clusterSecret === undefined && options.advertise === undefined) return undefined;
  throw new UsageError(
    "--cluster-secret and --advertise are for servers that share a store: give --store postgres://…, as a file has one server.",
  );
}

/** Where the other servers reach this one. */
export function advertised({ advertise, listen, tlsCert }: ServeOptions, port: number): string {
  if (advertise !== undefined) return advertise;
  const isEverywhere = ["0.0.0.0", "::", ""].includes(listen.host);
  const host = isEverywhere ? hostname() : listen.host;
  const scheme = tlsCert === undefined ? "http" : "https";
  return `${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

async function readSecret(file: string | undefined): Promise<string | undefined> {
  const given = file === undefined ? process.env[secretVariable] : await readText(file);
  const secret = given?.trim();
  if (secret === undefined || (secret === "" && file === undefined)) return undefined;
  if (secret.length >= minSecretLength) return secret;
  throw new UsageError(
    `The secret of ${file === undefined ? secretVariable : visible(file)} must have ${minSecretLength} characters or more; openssl rand -hex 32 makes one.`,
  );
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`cannot read the secret ${visible(file)}: ${visible(why)}`);
  }
}

function checkUrl(advertise: string): void {
  if (URL.canParse(advertise) && /^https?:\/\//.test(advertise)) return;
  throw new UsageError(
    `--advertise must be a URL such as http://10.0.0.7:8080, not ${visible(advertise)}`,
  );
}

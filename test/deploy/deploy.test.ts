import { readFileSync } from "node:fs";
import { validate } from "dockerfile-utils";
import { expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { openMetrics } from "../../src/index.js";
import { readServeConfig } from "../../src/server/config/read-config.js";
import { DurableRuntimes } from "../support/durable-runtimes.js";
import { compilePrograms } from "../support/tsc.js";

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

const manifests: readonly Manifest[] = parseAllDocuments(
  readFileSync("deploy/kubernetes/codecell.yaml", "utf8"),
).map((document) => {
  expect(document.errors).toEqual([]);
  return document.toJS();
});

/** Where the types of each kind are. */
const typesOf: Readonly<Record<string, string>> = {
  Deployment: "kubernetes-types/apps/v1.js",
  Service: "kubernetes-types/core/v1.js",
  PodDisruptionBudget: "kubernetes-types/policy/v1.js",
  NetworkPolicy: "kubernetes-types/networking/v1.js",
};

function ofKind(kind: string): unknown {
  return manifests.find((manifest) => manifest.kind === kind);
}

test("the Kubernetes manifests have the members that the API has, and no others", async () => {
  const programs = manifests.map(
    (manifest) =>
      `import type { ${manifest.kind} } from "${typesOf[manifest.kind]}";
export const manifest: ${manifest.kind} = ${JSON.stringify(manifest)};`,
  );
  const [first = ""] = programs;
  const misspelt = first.replace('"replicas"', '"replica"');
  expect(misspelt).not.toBe(first);
  const complaints = await compilePrograms([...programs, misspelt]);
  expect(complaints).toEqual([
    expect.stringMatching(new RegExp(`^${programs.length}\\.ts.*'"replica"' does not exist`)),
  ]);
});

test("the manifests fit each other: selectors find the pods, probes the pages, and the pods may end slowly", () => {
  const labels = { "app.kubernetes.io/name": "codecell" };
  const container = {
    args: expect.arrayContaining(["--advertise", "http://$(POD_IP):8080"]),
    env: expect.arrayContaining([
      { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
    ]),
    ports: [{ name: "http", containerPort: 8080 }],
    livenessProbe: { httpGet: { path: "/healthz", port: "http" } },
    readinessProbe: { httpGet: { path: "/readyz", port: "http" } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    resources: { requests: { cpu: "1", memory: "1Gi" }, limits: { memory: "2Gi" } },
  };
  expect(ofKind("Deployment")).toMatchObject({
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          securityContext: { runAsNonRoot: true, runAsUser: 1000 },
          terminationGracePeriodSeconds: 45,
          containers: [container],
        },
      },
    },
  });
  expect(ofKind("Service")).toMatchObject({ spec: { selector: labels } });
  expect(ofKind("PodDisruptionBudget")).toMatchObject({
    spec: { selector: { matchLabels: labels } },
  });
  expect(ofKind("NetworkPolicy")).toMatchObject({
    spec: { podSelector: { matchLabels: labels }, policyTypes: ["Ingress", "Egress"] },
  });
});

test("the config to start from is one, and has no key that anybody knows", async () => {
  const text = readFileSync("deploy/serve.json", "utf8");
  const { keys } = await readServeConfig(text, "serve.json", () => {});
  expect(keys).toMatchObject([{ id: "example", sha256: "0".repeat(64) }]);
});

interface Service {
  readonly volumes: readonly string[];
}

/** Those of the Compose specification that are used here: a typing error is none of them. */
const serviceKeys = [
  ...[
    "build",
    "cap_drop",
    "depends_on",
    "environment",
    "healthcheck",
    "hostname",
    "image",
    "mem_limit",
  ],
  ...["pids_limit", "ports", "read_only", "restart", "security_opt", "stop_grace_period", "tmpfs"],
  "volumes",
];

test("the compose file is one, and its services have what they name", async () => {
  const compose = parse(readFileSync("deploy/compose.yaml", "utf8"), { merge: true });
  const { services } = compose;
  const known = ["name", "x-server", "services", "volumes"];
  expect(Object.keys(compose)).toEqual(known);
  expect(Object.keys(services)).toEqual(["postgres", "server-1", "server-2", "server-3", "proxy"]);
  const upstreams = readFileSync("deploy/nginx.conf", "utf8").matchAll(/server (server-\d):8080/g);
  expect(Array.from(upstreams, ([, name]) => name)).toEqual(services.proxy.depends_on);
  for (const service of Object.values<Service>(services)) {
    expect(Object.keys(service).filter((key) => !serviceKeys.includes(key))).toEqual([]);
    expect(Object.keys(service).filter((key) => ["image", "build"].includes(key))).toHaveLength(1);
    const { volumes } = service;
    const files = volumes.filter((volume) => volume.startsWith("./"));
    for (const file of files) expect(readFileSync(`deploy/${file.split(":")[0]}`)).toBeDefined();
  }
});

test("the Dockerfile is right, and its last stage has no compiler and no privileges", () => {
  const text = readFileSync("deploy/Dockerfile", "utf8");
  expect(validate(text).map(({ message }) => message)).toEqual([]);
  const last = text.slice(text.lastIndexOf("\nFROM "));
  expect(last).toMatch(/^USER node$/m);
  expect(last).toMatch(/^ENTRYPOINT \["node", /m);
  expect(last).not.toMatch(/apt-get|g\+\+|cmake|npm/);
});

test("the dashboard for Grafana asks for metrics that a server has, each panel at a place of its own", async () => {
  const { panels, templating } = JSON.parse(readFileSync("deploy/grafana-dashboard.json", "utf8"));
  const known = [...templating.list.map(({ name }: { name: string }) => name), "__rate_interval"];
  await using runtimes = new DurableRuntimes();
  const text = openMetrics((await runtimes.next()).stats());
  const families = Array.from(text.matchAll(/^# TYPE (\S+)/gm), ([, name = ""]) => name);
  const places = new Set<string>();
  for (const { title, targets, gridPos } of panels) {
    expect([title, targets.length]).not.toEqual([title, 0]);
    places.add(`${gridPos.x} ${gridPos.y}`);
    for (const { expr } of targets) {
      const [, asked = ""] = /\b(codecell_[a-z_]+?)(?:_total|_bucket)?\{/.exec(expr) ?? [];
      expect(families).toContain(asked);
      for (const [, name] of expr.matchAll(/\$(\w+)/g)) expect(known).toContain(name);
    }
  }
  expect(places.size).toBe(panels.length);
});

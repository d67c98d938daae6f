/** One family of metrics of a text, with its samples. */
export interface MetricFamily {
  readonly type: string;
  unit?: string;
  help?: string;
  readonly samples: { readonly name: string; readonly labels: string; readonly value: number }[];
}

const suffixes: Readonly<Record<string, readonly string[]>> = {
  gauge: [""],
  counter: ["_total"],
  histogram: ["_bucket", "_count", "_sum"],
};

const sampleLine =
  /^(?<name>[a-z_][a-z0-9_]*)(?<labels>\{[a-z_]+="(?:[^"\\\n]|\\[\\"n])*"(?:,[a-z_]+="(?:[^"\\\n]|\\[\\"n])*")*\})? (?<value>-?[0-9.]+(?:e[+-][0-9]+)?|[+-]Inf|NaN)$/;

/** Reads a text in the format OpenMetrics 1.0, as strictly as that is. */
export function readOpenMetrics(text: string): ReadonlyMap<string, MetricFamily> {
  if (!text.endsWith("\n# EOF\n")) throw new Error("The text must end with # EOF.");
  const families = new Map<string, MetricFamily>();
  let current: { name: string; family: MetricFamily } | undefined;
  for (const line of text.slice(0, -"# EOF\n".length).split("\n").slice(0, -1)) {
    const meta = /^# (?<what>TYPE|UNIT|HELP) (?<name>\S+) (?<rest>.*)$/.exec(line)?.groups;
    if (meta?.["what"] === "TYPE") {
      const { name = "", rest: type = "" } = meta;
      if (families.has(name)) throw new Error(`${name} is there twice.`);
      if (suffixes[type] === undefined) throw new Error(`${name} has the type ${type}.`);
      current = { name, family: { type, samples: [] } };
      families.set(name, current.family);
      continue;
    }
    if (current === undefined) throw new Error(`No family has begun: ${line}`);
    const { name, family } = current;
    if (meta !== undefined) {
      if (meta["name"] !== name || family.samples.length > 0) throw new Error(`Misplaced: ${line}`);
      if (meta["what"] === "HELP") family.help = meta["rest"] ?? "";
      else {
        family.unit = meta["rest"] ?? "";
        if (!name.endsWith(`_${family.unit}`)) throw new Error(`${name} must end with its unit.`);
      }
      continue;
    }
    const sample = sampleLine.exec(line)?.groups;
    if (sample === undefined) throw new Error(`No sample: ${line}`);
    const { name: own = "", labels = "", value = "" } = sample;
    if (!suffixes[family.type]?.some((suffix) => own === name + suffix)) {
      throw new Error(`${own} does not belong to ${name}, a ${family.type}.`);
    }
    family.samples.push({ name: own, labels, value: Number(value.replace("Inf", "Infinity")) });
  }
  for (const [name, { type, samples }] of families) if (type === "histogram") check(name, samples);
  return families;
}

function check(name: string, samples: MetricFamily["samples"]): void {
  const buckets = samples.filter((sample) => sample.name === `${name}_bucket`);
  const bounds = buckets.map(({ labels }) => /^\{le="(.+)"\}$/.exec(labels)?.[1] ?? "");
  const numbers = bounds.map((bound) => Number(bound.replace("+Inf", "Infinity")));
  const isRising = (values: readonly number[]) =>
    values.every((value, i) => i === 0 || value >= (values[i - 1] as number));
  if (!isRising(numbers) || !isRising(buckets.map(({ value }) => value))) {
    throw new Error(`The buckets of ${name} do not rise.`);
  }
  if (!bounds.every((bound) => bound === "+Inf" || /[.e]/.test(bound))) {
    throw new Error(`A bound of ${name} is no float.`);
  }
  const count = samples.find((sample) => sample.name === `${name}_count`)?.value;
  if (bounds.at(-1) !== "+Inf" || buckets.at(-1)?.value !== count) {
    throw new Error(`The last bucket of ${name} must have all.`);
  }
}

import type { CaseRecord, ItemRecord, ObservedRecord, StepRecord } from "./recorded-case.js";

/** Makes the record we expect from the reference's. */
export type ToExpected = (recorded: CaseRecord) => CaseRecord;

export function texts(...shown: readonly string[]): readonly ItemRecord[] {
  return shown.map((text) => ({ type: "input_text", text }));
}

/** The record of a step that ended its cell; one with an error has failed. */
export function ended(
  op: string,
  items: ObservedRecord["items"],
  error: string | null = null,
): ObservedRecord {
  return { op, outcome: "completed", items, error };
}

/** The one step ends with this error instead. */
export function failing(error: string): ToExpected {
  return mappingSteps((step) => ("items" in step ? { ...step, error } : ended(step.op, [], error)));
}

/** The one step completes with these texts instead. */
export function showing(...shown: readonly string[]): ToExpected {
  return mappingSteps(({ op }) => ended(op, texts(...shown)));
}

/** Other steps; calls and notifications as recorded. */
export function stepping(...steps: readonly StepRecord[]): ToExpected {
  return (recorded) => ({ ...recorded, steps });
}

/** Each text as the function makes it. */
export function mappingTexts(map: (text: string, index: number) => string): ToExpected {
  return mappingSteps((step) => {
    if (!("items" in step) || !Array.isArray(step.items)) return step;
    const items = step.items as readonly ItemRecord[];
    return {
      ...step,
      items: items.map((item, index) => mapText(item, (text) => map(text, index))),
    };
  });
}

/** Some texts differ: by their index among the items. */
export function replacingTexts(replaced: Readonly<Record<number, string>>): ToExpected {
  return mappingTexts((text, index) => replaced[index] ?? text);
}

/** What the case caught as a bare string is a TypeError. */
export const withTypeErrors: ToExpected = mappingTexts((text) =>
  text.replace(/^threw string: /, "threw object: TypeError: "),
);

function mappingSteps(map: (step: StepRecord) => StepRecord): ToExpected {
  return (recorded) => ({ ...recorded, steps: recorded.steps.map(map) });
}

function mapText(item: ItemRecord, map: (text: string) => string): ItemRecord {
  if (item.type !== "input_text" || typeof item.text !== "string") return item;
  return { ...item, text: map(item.text) };
}

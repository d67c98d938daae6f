import type { StoredRecord } from "../durable/store.js";

/**
 * Records on their way to the worker, as one text: a message costs by its objects and texts much more than by their
 * length.
 */
export interface PackedRecords {
  /** Kind and body of each, one after the other. */
  readonly text: string;
  /** Of each: its seq, its time, and the lengths of its kind and of its body. */
  readonly numbers: Float64Array;
  /** Of those that ask a question: their index among these, and the id of the question. */
  readonly asks: readonly (readonly [index: number, id: string])[];
}

const numbersOfEach = 4;

export function packRecords(records: readonly StoredRecord[]): PackedRecords {
  const texts: string[] = [];
  const numbers = new Float64Array(records.length * numbersOfEach);
  const asks: (readonly [number, string])[] = [];
  for (const [index, { seq, at, kind, body, asks: id }] of records.entries()) {
    texts.push(kind, body);
    const first = index * numbersOfEach;
    numbers[first] = seq;
    numbers[first + 1] = at;
    numbers[first + 2] = kind.length;
    numbers[first + 3] = body.length;
    if (id !== undefined) asks.push([index, id]);
  }
  return { text: texts.join(""), numbers, asks };
}

export function unpackRecords({ text, numbers, asks }: PackedRecords): readonly StoredRecord[] {
  const records: StoredRecord[] = [];
  let from = 0;
  for (let first = 0; first < numbers.length; first += numbersOfEach) {
    const number = (offset: number): number => numbers[first + offset] as number;
    const bodyFrom = from + number(2);
    const to = bodyFrom + number(3);
    const kind = text.slice(from, bodyFrom);
    records.push({ seq: number(0), at: number(1), kind, body: text.slice(bodyFrom, to) });
    from = to;
  }
  for (const [index, id] of asks) {
    const record = records[index];
    if (record !== undefined) records[index] = { ...record, asks: id };
  }
  return records;
}

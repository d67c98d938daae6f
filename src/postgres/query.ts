import type { PostgresQuery, PostgresResult } from "./pool.js";

/** Columns as PostgreSQL writes them. */
export type Row = Readonly<Record<string, string | null>>;

/** Milliseconds in which a statement must be answered; then its connection counts as dead. */
const answerMs = 30_000;

/** Whatever parsers the program has set. */
const types = { getTypeParser: () => (value: string) => value };

export function queryOf(text: string, values: readonly unknown[] = []): PostgresQuery {
  return { text, values: [...values], query_timeout: answerMs, types };
}

/** Each connection parses it once. */
export function preparedQueryOf(
  name: string,
  text: string,
  values: readonly unknown[],
): PostgresQuery {
  return { name, ...queryOf(text, values) };
}

export function rowsOf({ rows }: PostgresResult): readonly Row[] {
  return rows as readonly Row[];
}

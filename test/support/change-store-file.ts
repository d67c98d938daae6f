import { sqliteBinding } from "../../src/sqlite/database.js";

/** Changes the file of a store behind the store's back, as a fault or an attacker would. */
export function changeStoreFile(file: string, sql: string): void {
  const database = sqliteBinding()(file, { readOnly: false });
  database.exec(sql);
  database.close();
}

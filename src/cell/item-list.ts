/**
 * Items in order that have not been observed yet, as an immutable list that grows at its end in constant
 * time; undefined is empty.
 */
export type Unseen<Item> =
  | { readonly item: Item; readonly earlier: Unseen<Item>; readonly size: number }
  | undefined;

/** The list with one more item at its end. */
export function withUnseen<Item>(earlier: Unseen<Item>, item: Item): Unseen<Item> {
  return { item, earlier, size: (earlier?.size ?? 0) + 1 };
}

/** The items, earliest first. */
export function listUnseen<Item>(unseen: Unseen<Item>): readonly Item[] {
  const items = new Array<Item>(unseen?.size ?? 0);
  for (let last = unseen; last !== undefined; last = last.earlier) {
    items[last.size - 1] = last.item;
  }
  return items;
}

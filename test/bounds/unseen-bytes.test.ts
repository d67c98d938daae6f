import { describe, expect, test } from "vitest";
import { UnseenBytes } from "../../src/bounds/unseen-bytes.js";

/** Ends that give their bytes back when they are dropped, and the order in which they were. */
function keeper(unseen: UnseenBytes, dropped: string[]) {
  return (name: string, bytes: number) => {
    expect(unseen.add(bytes)).toBeUndefined();
    const end = {
      drop: (): void => {
        dropped.push(name);
        unseen.release(end);
        unseen.remove(bytes);
      },
    };
    unseen.keep(end);
    return end;
  };
}

describe("kept ends make room,", () => {
  test("the oldest first, as few as suffice, to the last byte", () => {
    const dropped: string[] = [];
    const unseen = new UnseenBytes(10);
    const keep = keeper(unseen, dropped);
    keep("a", 3);
    keep("b", 3);
    keep("c", 3);
    expect(unseen.add(1)).toBeUndefined();
    expect(dropped).toEqual([]);
    expect(unseen.add(4)).toBeUndefined();
    expect(dropped).toEqual(["a", "b"]);
    expect(unseen.add(9)).toEqual({ allowed: 10, used: 14 });
    expect(dropped).toEqual(["a", "b", "c"]);
  });

  test("also those of other sessions, where all together have too much", () => {
    const dropped: string[] = [];
    const runtime = new UnseenBytes(10);
    const [one, other] = [new UnseenBytes(8, runtime), new UnseenBytes(8, runtime)];
    keeper(one, dropped)("one", 6);
    expect(other.add(5)).toBeUndefined();
    expect(dropped).toEqual(["one"]);
    expect(other.add(6)).toEqual({ allowed: 8, used: 11 });
    expect(one.add(8)).toEqual({ allowed: 10, used: 19 });
  });

  test("but not those that have been handed out", () => {
    const dropped: string[] = [];
    const runtime = new UnseenBytes(10);
    const session = new UnseenBytes(100, runtime);
    const end = keeper(session, dropped)("given", 5);
    session.release(end);
    session.remove(5);
    expect(session.add(11)).toEqual({ allowed: 10, used: 11 });
    expect(dropped).toEqual([]);
  });
});

test("what a closed session keeps is no longer the runtime's, and can still be handed out", () => {
  const dropped: string[] = [];
  const runtime = new UnseenBytes(10);
  const [closed, other] = [new UnseenBytes(8, runtime), new UnseenBytes(20, runtime)];
  const end = keeper(closed, dropped)("kept", 8);
  closed.leaveOuter();
  expect(other.add(10)).toBeUndefined();
  expect(other.add(1)).toEqual({ allowed: 10, used: 11 });
  other.remove(1);
  expect(dropped).toEqual([]);
  closed.release(end);
  closed.remove(8);
  // Had that been given back to the runtime, there would be room.
  expect(other.add(1)).toEqual({ allowed: 10, used: 11 });
  expect(closed.add(8)).toBeUndefined();
});

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Parking } from "../../src/durable/parking.js";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

const afterMs = 1000;
const longestMs = 2 ** 31 - 1;

/** A cell whose isolate has nothing to do, and of whose one call a person is asked. */
function asking(ms = afterMs): { parking: Parking; onDue: ReturnType<typeof vi.fn> } {
  const onDue = vi.fn();
  const parking = new Parking(ms, onDue);
  parking.begin();
  parking.opened(1);
  parking.asks(1);
  parking.waits(0);
  return { parking, onDue };
}

describe("a cell is due to be parked", () => {
  test("when it has waited for nothing but decisions for so long, once", () => {
    const { parking, onDue } = asking();
    expect(parking.isDue).toBe(true);
    vi.advanceTimersByTime(afterMs - 1);
    expect(onDue).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onDue).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(10 * afterMs);
    expect(onDue).toHaveBeenCalledTimes(1);
  });

  test("at the time at which the first wait would be over, whatever else is asked meanwhile", () => {
    const { parking, onDue } = asking();
    vi.advanceTimersByTime(afterMs - 1);
    parking.waits(0);
    expect(onDue).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onDue).toHaveBeenCalledTimes(1);
  });

  test.each<[string, (parking: Parking) => void, (parking: Parking) => void]>([
    ["it has a timer", (it) => it.timerSet(7), (it) => it.timerGone(7)],
    ["another call is open", (it) => it.opened(2), (it) => it.settled(2)],
    ["another call is open, and then asked about", (it) => it.opened(2), (it) => it.asks(2)],
    ["it was sent something", (it) => it.sent(), (it) => it.waits(1)],
    [
      "it is in another isolate",
      (it) => {
        it.sent();
        it.waits(1);
        it.begin();
      },
      (it) => it.waits(0),
    ],
    ["its decision has come", (it) => it.decided(1), (it) => it.asks(1)],
    [
      "its call is settled",
      (it) => it.settled(1),
      (it) => {
        it.opened(1);
        it.asks(1);
      },
    ],
  ])("not while %s, and then it waits from the beginning", (_, disturb, goOn) => {
    const { parking, onDue } = asking();
    vi.advanceTimersByTime(afterMs - 1);
    disturb(parking);
    expect(parking.isDue).toBe(false);
    vi.advanceTimersByTime(10 * afterMs);
    expect(onDue).not.toHaveBeenCalled();
    goOn(parking);
    expect(parking.isDue).toBe(true);
    vi.advanceTimersByTime(afterMs - 1);
    expect(onDue).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onDue).toHaveBeenCalledTimes(1);
  });

  test("not before its isolate has said that it waits, and not for calls that nobody is asked about", () => {
    const onDue = vi.fn();
    const parking = new Parking(0, onDue);
    parking.begin();
    parking.waits(0);
    expect(parking.isDue).toBe(false);
    parking.opened(1);
    expect(parking.isDue).toBe(false);
    const other = new Parking(0, onDue);
    other.begin();
    other.opened(1);
    other.asks(1);
    expect(other.isDue).toBe(false);
    vi.advanceTimersByTime(afterMs);
    expect(onDue).not.toHaveBeenCalled();
  });

  test("not after it was stopped", () => {
    const { parking, onDue } = asking();
    parking.stop();
    vi.advanceTimersByTime(10 * afterMs);
    expect(onDue).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each([
    [longestMs, 1],
    [longestMs + 1, 0],
    [Number.POSITIVE_INFINITY, 0],
  ])("never where that is after longer than a timer of Node waits: %d ms", (ms, times) => {
    const { onDue } = asking(ms);
    vi.advanceTimersByTime(longestMs);
    expect(onDue).toHaveBeenCalledTimes(times);
  });
});

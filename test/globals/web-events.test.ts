import { describe, expect, test } from "vitest";
import { runToError, runToTexts } from "../support/cells.js";

describe("EventTarget", () => {
  test("calls each listener once, those that capture first, and not those removed or added meanwhile", async () => {
    const source = `
      const target = new EventTarget();
      const log = [];
      const late = () => log.push("late");
      const removed = () => log.push("removed");
      const twice = () => log.push("twice");
      target.addEventListener("a", twice);
      target.addEventListener("a", twice);
      target.addEventListener("a", () => { target.removeEventListener("a", removed); target.addEventListener("a", late); log.push("bubbling"); });
      target.addEventListener("a", removed);
      target.addEventListener("a", () => log.push("capturing"), true);
      target.addEventListener("a", { handleEvent(event) { log.push(this.name + event.type); }, name: "object " });
      target.addEventListener("a", () => log.push("once"), { once: true });
      target.addEventListener("a", null);
      text(target.dispatchEvent(new Event("a")));
      text(log.splice(0));
      target.dispatchEvent(new Event("a"));
      text(log);`;
    expect(await runToTexts(source)).toEqual([
      "true",
      '["capturing","twice","bubbling","object a","once"]',
      '["capturing","twice","bubbling","object a","late"]',
    ]);
  });

  test("shows itself to listeners, and nothing afterwards", async () => {
    const source = `
      class Mine extends EventTarget {}
      const target = new Mine();
      const event = new CustomEvent("a", { detail: 5, cancelable: true });
      const read = () => [event.target === target, event.currentTarget === target, event.eventPhase, event.composedPath().length, event.isTrusted, event.defaultPrevented, event.detail];
      text(read());
      target.addEventListener("a", function (given) { text([this === target, given === event, ...read()]); given.preventDefault(); });
      text(target.dispatchEvent(event));
      text(read());`;
    expect(await runToTexts(source)).toEqual([
      "[false,false,0,0,false,false,5]",
      "[true,true,true,true,2,1,false,false,5]",
      "false",
      "[true,false,0,0,false,true,5]",
    ]);
  });

  test("stops where a listener says so, and lets only those cancel that have not promised not to", async () => {
    const source = `
      const target = new EventTarget();
      const log = [];
      target.addEventListener("stop", (event) => { log.push(1); event.stopImmediatePropagation(); });
      target.addEventListener("stop", () => log.push(2));
      target.addEventListener("capture", (event) => event.stopPropagation(), { capture: true });
      target.addEventListener("capture", () => log.push(3));
      target.addEventListener("passive", (event) => event.preventDefault(), { passive: true });
      target.dispatchEvent(new Event("stop"));
      target.dispatchEvent(new Event("capture"));
      text([...log, target.dispatchEvent(new Event("passive", { cancelable: true }))]);`;
    expect(await runToTexts(source)).toEqual(["[1,true]"]);
  });

  test("calls all listeners though one throws, and then the cell fails with that", async () => {
    const source = `
      const target = new EventTarget();
      target.addEventListener("a", () => { throw new RangeError("first"); });
      target.addEventListener("a", () => text("second"));
      target.dispatchEvent(new Event("a"));
      text("after");`;
    const error = await runToError(source);
    expect(error).toMatchObject({ name: "RangeError", message: "first", position: { line: 3 } });
  });

  test("refuses what is no event, no listener, or is being dispatched", async () => {
    const source = `
      const target = new EventTarget();
      const attempt = (act) => { try { act(); text("nothing"); } catch (error) { text(error.name); } };
      attempt(() => target.dispatchEvent({ type: "a" }));
      attempt(() => target.addEventListener("a", "code"));
      attempt(() => target.addEventListener("a"));
      attempt(() => new Event());
      attempt(() => EventTarget.prototype.addEventListener.call({}, "a", () => {}));
      target.addEventListener("a", (event) => attempt(() => target.dispatchEvent(event)));
      target.dispatchEvent(new Event("a"));`;
    expect(await runToTexts(source)).toEqual([
      ...Array.from({ length: 5 }, () => "TypeError"),
      "InvalidStateError",
    ]);
  });
});

describe("AbortSignal", () => {
  test("tells listeners once, with the reason that was given or an AbortError", async () => {
    const source = `
      const controller = new AbortController();
      const { signal } = controller;
      const log = [];
      signal.onabort = (event) => log.push("handler " + event.isTrusted);
      signal.addEventListener("abort", () => log.push("listener"));
      signal.throwIfAborted();
      text([signal.aborted, String(signal.reason)]);
      controller.abort();
      controller.abort("again");
      text([signal.aborted, signal.reason.name, signal.reason instanceof DOMException, ...log]);
      try { signal.throwIfAborted(); } catch (reason) { text(reason === signal.reason); }
      text([AbortSignal.abort("mine").reason, AbortSignal.abort().reason.code]);
      try { new AbortSignal(); } catch (error) { text(error.name); }`;
    expect(await runToTexts(source)).toEqual([
      '[false,"undefined"]',
      '[true,"AbortError",true,"handler true","listener"]',
      "true",
      '["mine",20]',
      "TypeError",
    ]);
  });

  test("of several is aborted by the first, before any listener runs", async () => {
    const source = `
      const one = new AbortController();
      const two = new AbortController();
      const any = AbortSignal.any([one.signal, AbortSignal.any([two.signal])]);
      const of = AbortSignal.any([any]);
      one.signal.addEventListener("abort", () => text(["never", any.aborted]));
      two.signal.addEventListener("abort", () => text(["source", any.aborted, of.aborted]));
      any.addEventListener("abort", () => text(["any", any.reason]));
      two.abort("two");
      one.abort("one");
      text([any.reason, of.reason, AbortSignal.any([AbortSignal.abort(7), one.signal]).reason, AbortSignal.any([]).aborted]);
      try { AbortSignal.any([{}]); } catch (error) { text(error.name); }`;
    expect(await runToTexts(source)).toEqual([
      '["source",true,true]',
      '["any","two"]',
      '["never",true]',
      '["two","two",7,false]',
      "TypeError",
    ]);
  });

  test("times out, and a cell waits for that", async () => {
    const source = `
      const signal = AbortSignal.timeout(5);
      await new Promise((done) => signal.addEventListener("abort", done));
      text([signal.reason.name, signal.reason.code]);
      for (const wrong of [-1, NaN, Infinity]) {
        try { AbortSignal.timeout(wrong); } catch (error) { text(error.name); }
      }`;
    expect(await runToTexts(source)).toEqual([
      '["TimeoutError",23]',
      "TypeError",
      "TypeError",
      "TypeError",
    ]);
  });

  test("removes the listeners that were added with it", async () => {
    const source = `
      const target = new EventTarget();
      const controller = new AbortController();
      target.addEventListener("a", () => text("called"), { signal: controller.signal });
      target.dispatchEvent(new Event("a"));
      controller.abort();
      target.dispatchEvent(new Event("a"));
      target.addEventListener("a", () => text("never"), { signal: controller.signal });
      target.dispatchEvent(new Event("a"));`;
    expect(await runToTexts(source)).toEqual(["called"]);
  });

  test("counts its timeouts for the limit of timers", async () => {
    const error = await runToError("for (;;) AbortSignal.timeout(1e6);", {
      limits: { timers: 10 },
    });
    expect(error).toMatchObject({
      name: "RangeError",
      message: expect.stringContaining("limits.timers"),
    });
  });
});

test("a DOMException is an error, with the name, message, code and constants of the web", async () => {
  const source = `
    const made = new DOMException("gone", "NotFoundError");
    text([made instanceof Error, made.name, made.message, made.code, Object.keys(made).length, DOMException.ABORT_ERR, made.DATA_CLONE_ERR, DOMException.NOT_FOUND_ERR]);
    text([new DOMException().name, new DOMException("a", "Odd").code, new DOMException("a", { name: "AbortError", cause: 5 }).cause]);
    text(made.stack.split("\\n")[0]);`;
  expect(await runToTexts(source)).toEqual([
    '[true,"NotFoundError","gone",8,0,20,25,8]',
    '["Error",0,5]',
    "NotFoundError: gone",
  ]);
  const error = await runToError("\nthrow new DOMException('gone', 'AbortError');");
  expect(error).toMatchObject({
    name: "AbortError",
    message: "gone",
    position: { line: 2 },
    text: "AbortError: gone\n    at exec_main.mjs:2:7",
  });
});

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

type Answer = Readonly<Record<string, unknown>>;

/** How a page is looked at. */
export interface PageView {
  readonly width?: number;
  readonly scheme?: "light" | "dark";
}

/** A real browser with one page, driven by the Chrome DevTools Protocol over pipes. */
export class Chromium implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #profile: string;
  readonly #to: Writable;
  readonly #waiting = new Map<
    number,
    { resolve(answer: Answer): void; reject(error: Error): void }
  >();
  /** What the page has told its console, and what the browser has refused it. */
  readonly complaints: string[] = [];
  #lastId = 0;
  #session = "";

  static async start(): Promise<Chromium> {
    const browser = new Chromium();
    const { targetId } = await browser.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await browser.send("Target.attachToTarget", { targetId, flatten: true });
    browser.#session = String(sessionId);
    for (const domain of ["Page", "Runtime", "Log"]) await browser.send(`${domain}.enable`);
    return browser;
  }

  private constructor() {
    this.#profile = mkdtempSync(join(tmpdir(), "codecell-chromium-"));
    const flags = [
      "--headless=new",
      "--remote-debugging-pipe",
      `--user-data-dir=${this.#profile}`,
      "--no-first-run",
      "--disable-gpu",
      "--disable-renderer-backgrounding",
      "--disable-backgrounding-occluded-windows",
      "--disable-dev-shm-usage",
      // As root in a container there is no other way.
      "--no-sandbox",
    ];
    this.#process = spawn("chromium", flags, {
      // A group of its own: the processes of a browser that was killed would write on for a while.
      detached: true,
      stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"],
    });
    this.#process.once("error", (error) => this.#fail(error));
    this.#process.once("exit", () => this.#fail(new Error("The browser has ended.")));
    this.#to = this.#process.stdio[3] as Writable;
    this.#to.on("error", () => {});
    let read = Buffer.alloc(0);
    (this.#process.stdio[4] as Readable).on("data", (chunk: Buffer) => {
      read = Buffer.concat([read, chunk]);
      for (let end = read.indexOf(0); end !== -1; end = read.indexOf(0)) {
        this.#take(JSON.parse(read.toString("utf8", 0, end)));
        read = read.subarray(end + 1);
      }
    });
  }

  send(method: string, params: object = {}): Promise<Answer> {
    this.#lastId += 1;
    const id = this.#lastId;
    const session = this.#session === "" ? {} : { sessionId: this.#session };
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#to.write(`${JSON.stringify({ id, method, params, ...session })}\0`);
    });
  }

  async open(url: string, { width = 1200, scheme = "light" }: PageView = {}): Promise<void> {
    const size = { width, height: 900, deviceScaleFactor: 1, mobile: false };
    await this.send("Emulation.setDeviceMetricsOverride", size);
    await this.send("Emulation.setEmulatedMedia", {
      features: [{ name: "prefers-color-scheme", value: scheme }],
    });
    // Another place in the same page would not be asked for anew.
    await this.send("Page.navigate", { url: "about:blank" });
    await this.send("Page.navigate", { url });
  }

  /** What an expression gives in the page, as JSON. */
  async read<Value>(expression: string): Promise<Value> {
    const { result, exceptionDetails } = (await this.send("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    })) as {
      result: { value: Value };
      exceptionDetails?: { exception?: { description?: string } };
    };
    if (exceptionDetails === undefined) return result.value;
    throw new Error(exceptionDetails.exception?.description ?? expression);
  }

  /** Resolves when an expression is true in the page. */
  async until(expression: string): Promise<void> {
    const look = `new Promise((resolve) => { const look = () => (${expression}) ? resolve(true) : setTimeout(look, 20); look(); })`;
    await this.read(look);
  }

  /** Clicks in the middle of the element whose text begins so. */
  async click(selector: string, text = ""): Promise<void> {
    const find = `[...document.querySelectorAll(${JSON.stringify(selector)})].find((one) => one.textContent.trim().startsWith(${JSON.stringify(text)}))`;
    await this.until(`${find} !== undefined`);
    const at = await this.read<{ x: number; y: number }>(
      `(() => { const one = ${find}; one.scrollIntoView({ block: "center" }); const { x, y, width, height } = one.getBoundingClientRect(); return { x: x + width / 2, y: y + height / 2 }; })()`,
    );
    const button = { button: "left", clickCount: 1, ...at };
    await this.send("Input.dispatchMouseEvent", { type: "mousePressed", ...button });
    await this.send("Input.dispatchMouseEvent", { type: "mouseReleased", ...button });
  }

  async type(text: string): Promise<void> {
    await this.send("Input.insertText", { text });
  }

  /** Such as `Tab` or `Enter`. */
  async press(key: string): Promise<void> {
    const codes: Readonly<Record<string, number>> = { Tab: 9, Enter: 13 };
    const code = { key, code: key, windowsVirtualKeyCode: codes[key] ?? 0 };
    const text = key === "Enter" ? { text: "\r" } : {};
    await this.send("Input.dispatchKeyEvent", { type: "keyDown", ...code, ...text });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", ...code });
  }

  async picture(): Promise<Buffer> {
    const { data } = await this.send("Page.captureScreenshot", { format: "png" });
    return Buffer.from(String(data), "base64");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise<void>((resolve) => this.#process.once("exit", () => resolve()));
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      killGroup(this.#process.pid);
      await ended;
    }
    // What one of them was just writing may come yet.
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }

  #take(message: {
    id?: number;
    method?: string;
    params?: Answer;
    result?: Answer;
    error?: { message: string };
  }): void {
    if (message.method === "Log.entryAdded" || message.method === "Runtime.exceptionThrown") {
      this.complaints.push(JSON.stringify(message.params));
    }
    const waiting = this.#waiting.get(message.id ?? 0);
    if (waiting === undefined) return;
    this.#waiting.delete(message.id ?? 0);
    if (message.error === undefined) waiting.resolve(message.result ?? {});
    else waiting.reject(new Error(message.error.message));
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

function killGroup(pid: number | undefined): void {
  if (pid !== undefined) process.kill(-pid, "SIGKILL");
}

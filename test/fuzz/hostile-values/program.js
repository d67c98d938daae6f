// Bytes read as a tiny program: calls with hostile values, or one such value.
import { helperFunctions, helpers, mostActions } from "./helpers.js";
import { Values } from "./values.js";

/** A limit that keeps one input short. */
const mostCalls = 16;

class Program extends Values {
  /** One call of what a cell can call. */
  call() {
    switch (this.below(12)) {
      case 0:
        return globalThis.tools[this.string()](this.value());
      case 1:
        return this.#asksTools(this.string());
      case 2:
        return import(this.string());
      case 3: {
        const key = this.string();
        helperFunctions.store(key, this.value());
        return helperFunctions.load(key);
      }
      case 4:
        return this.#readSettled(this.value());
      case 5:
        return globalThis.setTimeout(this.action(), this.value(), this.value());
      case 6:
        return globalThis.console[this.pick(["log", "debug", "error"])](this.value(), this.value());
      case 7:
        return globalThis.tools.echo(this.value());
      default:
        return helperFunctions[this.pick(helpers)](this.value(), this.value());
    }
  }

  #asksTools(name) {
    const { tools } = globalThis;
    switch (this.below(7)) {
      case 0:
        return name in tools || typeof tools[name];
      case 1:
        return Object.getOwnPropertyDescriptor(tools, name);
      case 2:
        tools[name] = this.value();
        return undefined;
      case 3:
        return delete tools[name];
      case 4:
        return Object.defineProperty(tools, name, { value: this.value() });
      case 5:
        return new tools[name](this.value());
      default:
        return [Object.keys(tools), tools[Symbol.iterator], tools[name]?.name];
    }
  }

  async #readSettled(promises) {
    let read = 0;
    for await (const entry of helperFunctions.as_settled(promises)) {
      read += 1;
      if (read > mostActions) return entry;
    }
    return read;
  }

  run() {
    for (let calls = 0; calls < mostCalls && !this.done; calls += 1) {
      try {
        const result = this.call();
        if (result instanceof Promise) result.catch(() => {});
      } catch {
        // The next call meets what this one left.
      }
    }
  }
}

export const build = (bytes) => new Program(bytes).value();
export const play = (bytes) => new Program(bytes).run();

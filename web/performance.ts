import { defineInterface } from "./interface.js";

class Performance {
  now(): number {
    return native.now();
  }

  get timeOrigin(): number {
    return native.origin();
  }

  toJSON(): { readonly timeOrigin: number } {
    return { timeOrigin: this.timeOrigin };
  }
}

defineInterface(Performance);

export const performance: Performance = new Performance();

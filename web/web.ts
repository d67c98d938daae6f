// The library web: all of the web's globals but the large ones.
export { AbortController, AbortSignal } from "./abort.js";
export { atob, btoa } from "./base64.js";
export { structuredClone } from "./clone.js";
export { crypto } from "./crypto.js";
export { DOMException } from "./dom-exception.js";
export { TextDecoder, TextEncoder } from "./encoding.js";
export { CustomEvent, Event } from "./event.js";
export { EventTarget } from "./event-target.js";
export { performance } from "./performance.js";

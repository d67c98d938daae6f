// The packages that libraries are made of have no types of their own.

declare module "whatwg-url/webidl2js-wrapper.js" {
  interface WebInterface {
    readonly install: (globals: object, globalNames: readonly string[]) => void;
  }
  export const URL: WebInterface;
  export const URLSearchParams: WebInterface;
}

declare module "tr46" {
  interface Options {
    readonly useSTD3ASCIIRules: boolean;
    readonly verifyDNSLength: boolean;
  }
  export function toASCII(domain: string, options: Options): string | null;
  export function toUnicode(
    domain: string,
    options: Options,
  ): { readonly domain: string; readonly error: boolean };
}

declare module "core-js/*";

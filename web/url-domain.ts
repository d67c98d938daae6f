import type * as Idna from "./idna.js";

type Options = Parameters<typeof Idna.toASCII>[1];

/** Most domains need no tables: of one in ASCII only the case changes, says the standard of URLs. */
export function toASCII(domain: string, options: Options): string | null {
  const isPlain = /^[\0-\x7f]*$/.test(domain) && !/(?:^|\.)xn--/i.test(domain);
  if (isPlain && !options.useSTD3ASCIIRules && !options.verifyDNSLength)
    return domain.toLowerCase();
  return native.idna().toASCII(domain, options);
}

export function toUnicode(domain: string, options: Options): ReturnType<typeof Idna.toUnicode> {
  return native.idna().toUnicode(domain, options);
}

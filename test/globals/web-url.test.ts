import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openSession, runToTexts, textsOf } from "../support/cells.js";

const keys = [
  ...["href", "origin", "protocol", "username", "password", "host", "hostname", "port"],
  ...["pathname", "search", "hash"],
] as const;

interface UrlCase extends Partial<Record<(typeof keys)[number], string>> {
  readonly input: string;
  readonly base: string | null;
  readonly failure?: boolean;
}

interface SetterCase {
  readonly href: string;
  readonly new_value: string;
  readonly expected: Readonly<Record<string, string>>;
}

function readData<Data>(name: string): Data {
  return JSON.parse(readFileSync(new URL(`../wpt/${name}`, import.meta.url), "utf8")) as Data;
}

/**
 * What the standard has changed since the data was written: a path has `^` encoded; a host name with a
 * port is no host name; a path of a file begins with as many slashes as it is given.
 */
function isOutdated(input: string): boolean {
  return (
    input.includes("^") ||
    ["example.com:8080", "example.com:", "\\\\", "//\\/", "//monkey/..//"].includes(input)
  );
}

test("URLs of the Web Platform Tests are parsed, and refused, as they say", async () => {
  const data = readData<(UrlCase | string)[]>("url-test-data.json");
  const cases = data.filter((entry): entry is UrlCase => typeof entry !== "string");
  const source = `
    for (const one of ${JSON.stringify(cases)}) {
      let url;
      try { url = new URL(one.input, one.base ?? undefined); } catch (error) {
        if (!one.failure) text({ input: one.input, error: String(error) });
        continue;
      }
      if (one.failure) text({ input: one.input, href: url.href });
      for (const key of ${JSON.stringify(keys)}) {
        if (key in one && url[key] !== one[key]) text({ input: one.input, [key]: url[key] });
      }
    }`;
  const wrong = (await runToTexts(source)).map((json) => JSON.parse(json) as UrlCase);
  expect(wrong.filter(({ input }) => !isOutdated(input))).toEqual([]);
  expect(cases.length).toBeGreaterThan(600);
});

test("the setters of URL change what the Web Platform Tests say", async () => {
  const { comment: _, ...data } = readData<Record<string, SetterCase[]>>("setters-tests.json");
  const source = `
    for (const [name, cases] of Object.entries(${JSON.stringify(data)})) {
      for (const { href, new_value, expected } of cases) {
        const url = new URL(href);
        url[name] = new_value;
        for (const key in expected) {
          if (url[key] !== expected[key]) text({ input: new_value, href, [key]: url[key] });
        }
      }
    }`;
  const wrong = (await runToTexts(source)).map((json) => JSON.parse(json) as UrlCase);
  expect(wrong.filter(({ input }) => !isOutdated(input))).toEqual([]);
  expect(Object.values(data).flat().length).toBeGreaterThan(190);
});

test("URLSearchParams does for any pairs what Node's does", async () => {
  await using session = openSession();
  const unit = fc
    .oneof(fc.integer({ min: 0, max: 0x7f }), fc.integer({ min: 0, max: 0xffff }))
    .map((code) => String.fromCharCode(code));
  const part = fc.string({ unit, maxLength: 12 });
  const pair = fc.tuple(part, part);
  const samples = fc.sample(fc.array(pair, { maxLength: 8 }), { numRuns: 300, seed: 1 });
  const source = `
    for (const pairs of ${JSON.stringify(samples)}) {
      const params = new URLSearchParams(pairs);
      const encoded = params.toString();
      params.sort();
      text([encoded, [...params], [...new URLSearchParams(encoded)], params.size]);
    }`;
  const texts = textsOf(await session.exec(source));
  expect(texts.map((json) => JSON.parse(json))).toEqual(
    samples.map((pairs) => {
      const params = new URLSearchParams(pairs);
      const encoded = params.toString();
      params.sort();
      return [encoded, [...params], [...new URLSearchParams(encoded)], params.size];
    }),
  );
});

test("a URL and its searchParams change each other", async () => {
  const source = `
    const url = new URL("https://user:secret@example.org:8080/a/../b?x=1#top");
    url.searchParams.append("y", "ä &");
    text(url.href);
    url.search = "?z=2";
    text([...url.searchParams]);
    text([url.searchParams.has("z", "2"), url.searchParams.has("z", "3"), url.searchParams.get("none")]);
    text([JSON.stringify(url), String(url), url.origin]);
    text([URL.canParse("x"), URL.canParse("x", url), URL.parse("x"), URL.parse("x", url).pathname]);`;
  expect(await runToTexts(source)).toEqual([
    "https://user:secret@example.org:8080/b?x=1&y=%C3%A4+%26#top",
    '[["z","2"]]',
    "[true,false,null]",
    '["\\"https://user:secret@example.org:8080/b?z=2#top\\"","https://user:secret@example.org:8080/b?z=2#top","https://example.org:8080"]',
    '[false,true,null,"/x"]',
  ]);
});

test("names of domains that are not in ASCII become what the standard says", async () => {
  const source = `
    for (const host of ["MÜNCHEN.de", "faß.de", "例え.テスト", "xn--mnchen-3ya.de", "a\\u00ADb.c", "EXAMPLE.Org", "xn--a", "a\\u0300\\u200d.de", "%41.com", "1.2.3", "０ｘ７ｆ.1"]) {
      try { text(new URL("https://" + host).host); } catch (error) { text(error.name); }
    }`;
  expect(await runToTexts(source)).toEqual([
    ...[
      "xn--mnchen-3ya.de",
      "xn--fa-hia.de",
      "xn--r8jz45g.xn--zckzah",
      "xn--mnchen-3ya.de",
      "ab.c",
    ],
    ...["example.org", "TypeError", "TypeError", "a.com", "1.2.0.3", "127.0.0.1"],
  ]);
});

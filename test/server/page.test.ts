import { expect, test } from "vitest";
import { pageRoutes } from "../../src/server/page/page-routes.js";
import { Served, twoTenants } from "../support/served.js";

test("the page is there for anyone, and runs nothing but its own script", async () => {
  await using served = await Served.start({ keys: twoTenants, routes: pageRoutes });
  const { status, text, headers } = await served.ask("GET", "/", { key: "" });
  expect(status).toBe(200);
  expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
  const policy = headers.get("content-security-policy") ?? "";
  expect(policy).toMatch(
    /^default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';/,
  );
  expect(policy).not.toMatch(/unsafe|http|\*/);
  const files = [...text.matchAll(/(?:href|src)="(\/[^"]+)"/g)].map(([, file]) => file ?? "");
  expect(files).toHaveLength(2);
  for (const file of files) {
    const answer = await served.ask("GET", file, { key: "" });
    expect(answer.status).toBe(200);
    expect(answer.text.length).toBeGreaterThan(1000);
    expect(answer.text).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
  }
  expect(text).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=/);
});

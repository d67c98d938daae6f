import { afterAll, beforeAll, expect, test } from "vitest";
import { pageRoutes } from "../../src/server/page/page-routes.js";
import { Chromium } from "../support/chromium.js";
import { Served, twoTenants } from "../support/served.js";

let served: Served;
let browser: Chromium;
beforeAll(async () => {
  served = await Served.start({
    keys: twoTenants,
    routes: pageRoutes,
    tools: [
      { name: "pay", description: "Pays.", approval: "ask", execute: () => "paid" },
      { name: "look", effect: "read", execute: () => ({ found: 7 }) },
    ],
  });
  browser = await Chromium.start();
});
afterAll(async () => {
  await browser[Symbol.asyncDispose]();
  await served[Symbol.asyncDispose]();
});

const text = "document.body.innerText";
const heading = 'document.querySelector("h1")?.textContent';

async function openLogin(): Promise<void> {
  await browser.open(`${served.url}/`);
  await browser.read("sessionStorage.clear()");
  await browser.open(`${served.url}/`);
  await browser.until(`document.querySelector("input[type=password]") !== null`);
}

async function enter(key: string): Promise<void> {
  await openLogin();
  await giveKey(key);
}

async function giveKey(key: string): Promise<void> {
  await browser.click("input");
  await browser.type(key);
  await browser.press("Enter");
}

test("a key is asked for, a wrong one is refused, and a right one shows the tenant's cells alone", async () => {
  await served.exec("mine", "text(1)", {}, "a");
  await served.exec("theirs", "text(2)", {}, "b");
  await enter("wrong");
  await browser.until(`document.querySelector("[role=alert]").textContent !== ""`);
  await enter("a");
  await browser.until(`document.querySelector("tbody") !== null`);
  const shown = await browser.read<string>(text);
  expect(shown).toContain("mine");
  expect(shown).not.toContain("theirs");
  await browser.click("header button", "Leave");
  await browser.until(`document.querySelector("input[type=password]") !== null`);
  expect(await browser.read("sessionStorage.length")).toBe(0);
});

test("an administrator sees the cells of all tenants", async () => {
  await served.exec("of-a", "text(1)", {}, "a");
  await served.exec("of-b", "text(2)", {}, "b");
  await enter("admin");
  await browser.until(`${text}.includes("of-a") && ${text}.includes("of-b")`);
});

test("a cell is shown while it goes on: its calls, its question, which a click decides, and its end", async () => {
  const source = `
    text((await tools.look({ at: "<b>x</b>" })).found);
    text(await tools.pay({ to: "ada" }));
    text("<img src=x onerror=alert(1)>");`;
  const begun = await served.exec("talk", source, { yieldOnApproval: true }, "a");
  expect(begun.json.status).toBe("yielded");
  await enter("a");
  await browser.click("nav a", "Approvals");
  await browser.until(`${text}.includes('"to": "ada"')`);
  await browser.click(".card a", begun.json.cellId);
  await browser.until(`document.querySelector("svg") !== null`);
  expect(await browser.read(`document.querySelector("svg rect.open") !== null`)).toBe(true);
  await browser.click("label input");
  await browser.type("for the rent");
  await browser.click("button", "Approve");
  await browser.until(`document.querySelector("dl .badge").textContent === "completed"`);
  const shown = await browser.read<string>(text);
  expect(shown).toContain("<img src=x onerror=alert(1)>");
  expect(shown).toContain("pay took");
  expect(await browser.read(`document.querySelectorAll("main img").length`)).toBe(0);
  const { json } = await served.ask("GET", "/v1/approvals?state=all", { key: "a" });
  expect(json.approvals[0]).toMatchObject({
    state: "decided",
    decision: { verdict: "approve", by: "a", note: "for the rent" },
  });
});

test("a link leads on that is clicked as soon as it is there", async () => {
  await openLogin();
  await browser.read(`new MutationObserver((_, observer) => {
    const link = document.querySelector("nav a[href='#sessions']");
    if (link === null) return;
    observer.disconnect();
    link.click();
  }).observe(document.body, { childList: true, subtree: true })`);
  await giveKey("b");
  await browser.until(`${heading} === "Sessions"`);
});

test("of many sessions the newest are shown, and a click shows the older ones", async () => {
  const names = Array.from({ length: 201 }, (_, i) => `many-${i}`);
  for (const name of names) await served.exec(name, "text(1)", {}, "b");
  await enter("b");
  await browser.click("nav a", "Sessions");
  await browser.until(`${heading} === "Sessions" && ${text}.includes("many-200")`);
  expect(await browser.read<string>(text)).not.toMatch(/many-0\b/);
  await browser.click("button", "Older");
  await browser.until(`${text}.includes("many-0\\n") || ${text}.includes("many-0\\t")`);
  expect(await browser.read<string>(text)).not.toContain("many-200");
  await browser.click("button", "Newest");
  await browser.until(`${text}.includes("many-200")`);
});

test("a cell that runs is ended after a second click", async () => {
  const source = "await new Promise((resolve) => setTimeout(resolve, 1e8))";
  const { cellId } = (await served.exec("long", source, { yieldAfterMs: 0 }, "a")).json;
  await enter("a");
  await browser.click("tbody a", cellId);
  await browser.click("button", "Terminate");
  await browser.click("button", "Terminate it");
  await browser.until(`document.querySelector("dl .badge")?.textContent === "terminated"`);
});

test("with keys alone one comes to a cell, and what is reached is seen", async () => {
  await served.exec("keys", "text(1)", {}, "b");
  await enter("b");
  await browser.until(`document.querySelector("tbody a") !== null`);
  await browser.read("document.activeElement.blur()");
  for (;;) {
    await browser.press("Tab");
    const outline = await browser.read<string>(
      "getComputedStyle(document.activeElement).outlineStyle",
    );
    expect(outline).not.toBe("none");
    if (await browser.read(`document.activeElement.matches("tbody a")`)) break;
  }
  await browser.press("Enter");
  await browser.until(`document.querySelector("h1").textContent.startsWith("Cell ")`);
});

test("light or dark, 360 pixels are wide enough, and the browser has nothing to complain of", async () => {
  await served.exec(
    "narrow",
    `text("${"long ".repeat(100)}"); text("${"x".repeat(500)}")`,
    {},
    "a",
  );
  await enter("a");
  await browser.until(`document.querySelector("tbody a") !== null`);
  const backs = [];
  for (const scheme of ["light", "dark"] as const) {
    for (const place of ["cells", "sessions", "approvals"]) {
      await browser.open(`${served.url}/#${place}`, { width: 360, scheme });
      await browser.until(`document.querySelector("h1")?.textContent.toLowerCase() === "${place}"`);
      expect(await browser.read("document.documentElement.scrollWidth")).toBeLessThanOrEqual(360);
    }
    await browser.open(`${served.url}/#cells`, { width: 360, scheme });
    await browser.click("tbody a");
    await browser.until(`document.querySelector("svg") !== null`);
    expect(await browser.read("document.documentElement.scrollWidth")).toBeLessThanOrEqual(360);
    backs.push(await browser.read("getComputedStyle(document.body).backgroundColor"));
  }
  expect(new Set(backs).size).toBe(2);
  const own = browser.complaints.filter((one) => !/status of 40[13]/.test(one));
  expect(own).toEqual([]);
});

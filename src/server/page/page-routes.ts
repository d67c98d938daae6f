import { readFile } from "node:fs/promises";
import { partFile } from "../../base/part-file.js";
import type { Route } from "../http/route.js";

/** Nothing but the page's own script and style, and the server it came from. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>codecell</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/page/page-style.css">
<script type="module" src="/page/page.js"></script>
<body id="page"></body>
</html>
`;

/** The page for operators. It has no data: its script asks for that with the operator's key. */
export function pageRoutes(): readonly Route[] {
  return [
    page("/", "text/html", async () => html),
    page("/page/page.js", "text/javascript", () => read("page.js")),
    page("/page/page-style.css", "text/css", () => read("page-style.css")),
  ];
}

function page(path: string, type: string, text: () => Promise<string>): Route {
  return {
    method: "GET",
    path,
    access: "anyone",
    handle: async ({ response }) => {
      const body = await text();
      response.setHeader("content-security-policy", policy);
      response.setHeader("referrer-policy", "no-referrer");
      response.setHeader("content-type", `${type}; charset=utf-8`);
      response.end(body);
    },
  };
}

function read(name: string): Promise<string> {
  return readFile(partFile(`dist/page/${name}`), "utf8");
}

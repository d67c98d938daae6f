import { type ChildProcess, spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { transformSync } from "esbuild";
import type { CellOutcome } from "../../src/index.js";
import { endWithTest } from "./children.js";
import { root } from "./mcp.js";
import { compileFiles } from "./tsc.js";

/** The programs of docs/recipes.md by the names of their files, such as `run-job.ts`. */
export function recipePrograms(): Readonly<Record<string, string>> {
  const page = readFileSync(join(root, "docs/recipes.md"), "utf8");
  const programs = [...page.matchAll(/^```(?:ts|typescript)\n\/\/ (\S+)\n(.*?)^```$/gms)];
  return Object.fromEntries(programs.map(([, name = "", text = ""]) => [name, text]));
}

/** A program of the page as JavaScript. */
export function compiledRecipe(name: string): string {
  const text = recipePrograms()[name];
  if (text === undefined) throw new Error(`docs/recipes.md has no program ${name}.`);
  return transformSync(text, { loader: "ts", format: "esm", target: "node20" }).code;
}

/** Tools whose calls are written down, and of which one never answers if the process is told so. */
const tools = `
import { appendFileSync } from "node:fs";
const called = (tool, { idempotencyKey }) => appendFileSync(process.env.LEDGER, tool + " " + idempotencyKey + "\\n");
export const tools = {
  count: { execute: (_input, context) => void called("count", context) },
  step: {
    onLost: "retry",
    execute: async (_input, context) => {
      called("step", context);
      if (process.env.HOLD === undefined) return "stepped";
      console.log("holding");
      await new Promise(() => setInterval(() => {}, 1000));
    },
  },
};
`;

/** Answers each line of the input, an exec as JSON, with its outcome. */
const answers = `
import { createInterface } from "node:readline";
import { codeMode } from "./code-mode.js";
for await (const line of createInterface({ input: process.stdin })) {
  const { conversation, source, requestId } = JSON.parse(line);
  const session = codeMode.openSession({ id: conversation });
  const options = { requestId, yieldAfterMs: Number.POSITIVE_INFINITY };
  console.log(JSON.stringify(await session.exec(source, options)));
}
`;

/** The program of a job: what it outputs, and which calls it makes. */
export const jobSource =
  'text("a"); await tools.count(); text(await tools.step()); text("b");' as const;
export const jobOutput: readonly object[] = ["a", "stepped", "b"].map((text) => ({
  type: "text",
  text,
}));

/** The programs of docs/recipes.md in a folder as a user would have them, run as processes of their own. */
export class JobPrograms implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "codecell-jobs-"));
  readonly #environment: Readonly<Record<string, string>>;
  readonly #started: JobProcess[] = [];

  /**
   * @param packages - The folder whose `node_modules` has the library.
   * @param main - What a process runs; it imports the page's programs.
   * @param environment - Where the servers are.
   */
  constructor(
    packages: string,
    recipe: string,
    main: string,
    environment: Readonly<Record<string, string>>,
  ) {
    this.#environment = environment;
    writeFileSync(join(this.#folder, "package.json"), '{ "type": "module" }');
    writeFileSync(join(this.#folder, "tools.js"), tools);
    writeFileSync(join(this.#folder, "answers.js"), answers);
    writeFileSync(join(this.#folder, "main.js"), `${main}\nimport("./answers.js");\n`);
    for (const name of ["run-job", "code-mode", recipe]) {
      writeFileSync(join(this.#folder, `${name}.js`), compiledRecipe(`${name}.ts`));
    }
    this.#link("codecell", root);
    const { dependencies } = JSON.parse(readFileSync(join(packages, "package.json"), "utf8"));
    for (const name of Object.keys(dependencies)) {
      this.#link(name, join(packages, "node_modules", name));
    }
  }

  /** What a strict compiler says of the programs of the page, by line. */
  async complaints(): Promise<readonly string[]> {
    const names = Object.keys(recipePrograms()).filter((name) =>
      existsSync(join(this.#folder, name.replace(".ts", ".js"))),
    );
    for (const name of names) {
      writeFileSync(join(this.#folder, name), recipePrograms()[name] ?? "");
      rmSync(join(this.#folder, name.replace(".ts", ".js")));
    }
    writeFileSync(
      join(this.#folder, "tools.d.ts"),
      'export declare const tools: import("codecell").ToolSource;',
    );
    return compileFiles(this.#folder, names);
  }

  /** Starts a process; with `hold` the tool `step` does not answer in it. */
  start({ hold = false, ...environment }: { readonly hold?: boolean } = {}): JobProcess {
    const started = new JobProcess(join(this.#folder, "main.js"), {
      ...this.#environment,
      ...environment,
      LEDGER: join(this.#folder, "ledger"),
      ...(hold && { HOLD: "yes" }),
    });
    this.#started.push(started);
    return started;
  }

  /** The tools that were called and with which key, one a line. */
  calls(): readonly string[] {
    return readFileSync(join(this.#folder, "ledger"), "utf8").trim().split("\n");
  }

  [Symbol.dispose](): void {
    for (const started of this.#started) started.end();
    rmSync(this.#folder, { recursive: true, maxRetries: 10 });
  }

  #link(name: string, to: string): void {
    const from = join(this.#folder, "node_modules", name);
    mkdirSync(dirname(from), { recursive: true });
    symlinkSync(to, from);
  }
}

export class JobProcess {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #errors = "";

  constructor(file: string, environment: Readonly<Record<string, string>>) {
    this.#child = endWithTest(
      spawn(process.execPath, [file], {
        stdio: ["pipe", "pipe", "pipe"],
        env: { ...process.env, ...environment },
      }),
    );
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#errors += text;
    });
    const input = this.#child.stdout;
    if (input === null) throw new Error("The process has no output.");
    this.#lines = createInterface({ input })[Symbol.asyncIterator]();
  }

  /** Resolves when it has written this line. */
  async says(wanted: string): Promise<void> {
    for (;;) {
      if ((await this.line()) === wanted) return;
    }
  }

  /** What it has written next. */
  async line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`The process has ended: ${this.#errors}`);
    return value;
  }

  /** The outcome of an exec in it. */
  async exec(conversation: string, source: string, requestId: string): Promise<CellOutcome> {
    this.#child.stdin?.write(`${JSON.stringify({ conversation, source, requestId })}\n`);
    for (;;) {
      const line = await this.line();
      if (line.startsWith("{")) return JSON.parse(line) as CellOutcome;
    }
  }

  end(): void {
    this.#child.kill("SIGKILL");
  }

  /** With SIGKILL; resolves when it is gone. */
  async kill(): Promise<void> {
    const gone = new Promise((resolve) => this.#child.once("exit", resolve));
    this.end();
    await gone;
  }
}

/** Fails unless the cell of `jobSource` was one run: `step` was called again, with the same key, and nothing else was. */
export function callsOfOneRun(calls: readonly string[]): boolean {
  const [count = "", step = "", again = "", ...more] = calls;
  return (
    count.startsWith("count ") && step.startsWith("step ") && again === step && more.length === 0
  );
}

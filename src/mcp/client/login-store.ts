import { createHash, randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import type {
  OAuthClientInformationContext,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from "@modelcontextprotocol/client";
import { CodeModeError } from "../../base/errors.js";

/** What is kept of a login. */
export interface StoredLogin {
  readonly url: string;
  readonly redirectUrl: string;
  readonly client?: StoredOAuthClientInformation | undefined;
  readonly tokens?: StoredOAuthTokens | undefined;
}

export type LoginContext = OAuthClientInformationContext;

/** `$XDG_CONFIG_HOME/codecell/logins`, `~/.config/codecell/logins` by default. */
export function loginFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { XDG_CONFIG_HOME: config } = environment;
  // https://specifications.freedesktop.org/basedir-spec: a relative path is to be ignored.
  const folder = config !== undefined && isAbsolute(config) ? config : join(homedir(), ".config");
  return join(folder, "codecell", "logins");
}

/** The login at one server, in a file that only its person can read. */
export class LoginStore {
  readonly url: string;
  readonly #folder: string;

  /** @param url - The server's address, by which the login is found again. */
  constructor(url: string, folder: string = loginFolder()) {
    this.url = new URL(url).href;
    this.#folder = folder;
  }

  get file(): string {
    const { hostname } = new URL(this.url);
    const hash = createHash("sha256").update(this.url).digest("hex").slice(0, 16);
    return join(this.#folder, `${hostname.replace(/[^\w.-]/g, "_")}-${hash}.json`);
  }

  /**
   * Undefined where there is no login.
   *
   * @throws {CodeModeError} ERR_MCP_SERVER where the file cannot be read.
   */
  read(): StoredLogin | undefined {
    try {
      return JSON.parse(readFileSync(this.file, "utf8")) as StoredLogin;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw new CodeModeError("ERR_MCP_SERVER", `the login in ${this.file} cannot be read`, {
        cause: error,
      });
    }
  }

  /** Written beside and renamed, so that another process never reads half of it. */
  write(login: StoredLogin): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    chmodSync(this.#folder, 0o700);
    const draft = `${this.file}.${randomUUID()}`;
    writeFileSync(draft, `${JSON.stringify(login, null, 2)}\n`, { mode: 0o600, flag: "wx" });
    renameSync(draft, this.file);
  }

  /** Whether there was one. */
  remove(): boolean {
    const had = this.read() !== undefined;
    rmSync(this.file, { force: true });
    return had;
  }
}

import { createHash, randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type {
  OAuthClientInformationContext,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from "@modelcontextprotocol/client";
import { CodeModeError } from "../../base/errors.js";
import { configFolder } from "../../base/user-folders.js";

/** What is kept of a login. */
export interface StoredLogin {
  readonly url: string;
  readonly redirectUrl: string;
  readonly client?: StoredOAuthClientInformation | undefined;
  readonly tokens?: StoredOAuthTokens | undefined;
}

export type LoginContext = OAuthClientInformationContext;

/** `$XDG_CONFIG_HOME/codecell/logins`, `~/.config/codecell/logins` by default; undefined without a home. */
export function loginFolder(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const folder = configFolder(environment);
  return folder && join(folder, "logins");
}

/** The login at one server, in a file that only its person can read. */
export class LoginStore {
  readonly url: string;
  readonly #folder: string | undefined;

  /**
   * @param url - The server's address, by which the login is found again.
   * @param folder - Undefined where there is none to keep logins in.
   */
  constructor(url: string, folder: string | undefined = loginFolder()) {
    this.url = new URL(url).href;
    this.#folder = folder;
  }

  /** Undefined where there is no folder for it. */
  get file(): string | undefined {
    if (this.#folder === undefined) return undefined;
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
    const { file } = this;
    if (file === undefined) return undefined;
    try {
      return JSON.parse(readFileSync(file, "utf8")) as StoredLogin;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw new CodeModeError("ERR_MCP_SERVER", `the login in ${file} cannot be read`, {
        cause: error,
      });
    }
  }

  /**
   * Written beside and renamed, so that another process never reads half of it.
   *
   * @throws {CodeModeError} ERR_MCP_SERVER where there is no folder for it.
   */
  write(login: StoredLogin): void {
    const { file } = this;
    if (this.#folder === undefined || file === undefined) {
      throw new CodeModeError(
        "ERR_MCP_SERVER",
        "the login cannot be kept: there is no home folder; set XDG_CONFIG_HOME to an absolute path",
      );
    }
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    chmodSync(this.#folder, 0o700);
    const draft = `${file}.${randomUUID()}`;
    writeFileSync(draft, `${JSON.stringify(login, null, 2)}\n`, { mode: 0o600, flag: "wx" });
    renameSync(draft, file);
  }

  /** Whether there was one. */
  remove(): boolean {
    const { file } = this;
    const had = this.read() !== undefined;
    if (file !== undefined) rmSync(file, { force: true });
    return had;
  }
}

/** A fault at a place of the config, as a sentence without its end. */
export interface ConfigFault {
  /** Keys from the config down to the place. */
  readonly path: readonly string[];
  readonly text: string;
}

/** `${NAME}`, `${NAME:-default}`, and `${env:NAME}`, which some editors write. */
const variable = /\$\{(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;
/** What stands in no shell, and what editors ask for. */
const foreign = /\$\{(input:[^}]*|[^}]*)\}/;

/** Keys whose texts have variables; a shell's own forms are left alone in the first two. */
const shellKeys: readonly string[] = ["command", "args"];
const otherKeys: readonly string[] = ["env", "cwd", "url", "headers"];

/**
 * Puts the values of variables into the texts of a server.
 *
 * @param tell - Called with each variable that is not set; the text stays unchanged then.
 * @param env - The variables; an empty one counts as missing where there is a default.
 */
export function expandVariables(
  server: Readonly<Record<string, unknown>>,
  tell: (fault: ConfigFault) => void,
  env: NodeJS.ProcessEnv = process.env,
): Readonly<Record<string, unknown>> {
  const expanded = Object.entries(server).map(([key, value]) => {
    const isShell = shellKeys.includes(key);
    if (!isShell && !otherKeys.includes(key)) return [key, value] as const;
    return [key, expandValue(value, { path: [key], isShell, tell, env })] as const;
  });
  return Object.fromEntries(expanded);
}

interface Place {
  readonly path: readonly string[];
  readonly isShell: boolean;
  readonly tell: (fault: ConfigFault) => void;
  readonly env: NodeJS.ProcessEnv;
}

function expandValue(value: unknown, place: Place): unknown {
  if (typeof value === "string") return expandText(value, place);
  if (typeof value !== "object" || value === null) return value;
  const inner = (key: string, one: unknown): unknown =>
    expandValue(one, { ...place, path: [...place.path, key] });
  if (Array.isArray(value)) return value.map((one, index) => inner(String(index), one));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inner(key, one)]));
}

function expandText(text: string, { path, isShell, tell, env }: Place): string {
  let isWhole = true;
  const fault = (what: string): void => {
    isWhole = false;
    tell({ path, text: what });
  };
  const rest = text.replace(variable, "");
  const [, other] = foreign.exec(rest) ?? [];
  if (other?.startsWith("input:")) {
    fault(`has \${${other}}, which an editor would ask for: write a variable, such as \${API_KEY}`);
  } else if (other !== undefined && !isShell) {
    fault(`has \${${other}}, which is no variable: write \${NAME} or \${NAME:-default}`);
  }
  const expanded = text.replace(variable, (whole, name: string, otherwise?: string) => {
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (otherwise !== undefined) return value ? value : otherwise;
    if (value === undefined) {
      fault(
        `has ${whole}, and there is no variable ${name}: set it, or write \${${name}:-default}`,
      );
    }
    return value ?? whole;
  });
  return isWhole ? expanded : text;
}

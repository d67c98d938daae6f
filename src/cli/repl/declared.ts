import type { ImportDeclaration, Pattern, Program, VariableDeclaration } from "acorn";

/** A name that an entry declares at its top. */
export type Declared =
  /** Its value is what there is to keep. */
  | { readonly kind: "value"; readonly name: string; readonly keyword: "const" | "let" }
  /** A function, a class or an import: its source says all. */
  | { readonly kind: "code"; readonly name: string; readonly text: string };

/** The names that a module declares at its top, in their order. */
export function declaredBy(program: Program, source: string): readonly Declared[] {
  return program.body.flatMap((statement): readonly Declared[] => {
    const node =
      (statement.type === "ExportNamedDeclaration" && statement.declaration) || statement;
    switch (node.type) {
      case "FunctionDeclaration":
      case "ClassDeclaration":
        return [{ kind: "code", name: node.id.name, text: source.slice(node.start, node.end) }];
      case "VariableDeclaration":
        return byVariables(node, source);
      case "ImportDeclaration":
        return byImport(node);
      default:
        return [];
    }
  });
}

const codeTypes = ["FunctionExpression", "ArrowFunctionExpression", "ClassExpression"];

function byVariables({ kind, declarations }: VariableDeclaration, source: string): Declared[] {
  const keyword = kind === "const" ? "const" : "let";
  return declarations.flatMap(({ id, init, start, end }): Declared[] => {
    if (id.type === "Identifier" && kind === "const" && init && codeTypes.includes(init.type)) {
      return [{ kind: "code", name: id.name, text: `const ${source.slice(start, end)};` }];
    }
    return namesOf(id).map((name) => ({ kind: "value", name, keyword }));
  });
}

function byImport({ specifiers, source }: ImportDeclaration): Declared[] {
  const from = JSON.stringify(source.value);
  return specifiers.map((specifier) => {
    const { name } = specifier.local;
    return { kind: "code", name, text: `import ${clauseOf(specifier)} from ${from};` };
  });
}

function clauseOf(specifier: ImportDeclaration["specifiers"][number]): string {
  const { name } = specifier.local;
  if (specifier.type === "ImportNamespaceSpecifier") return `* as ${name}`;
  if (specifier.type === "ImportDefaultSpecifier") return name;
  const { imported } = specifier;
  const what = imported.type === "Identifier" ? imported.name : JSON.stringify(imported.value);
  return `{ ${what} as ${name} }`;
}

function namesOf(pattern: Pattern): readonly string[] {
  switch (pattern.type) {
    case "Identifier":
      return [pattern.name];
    case "ObjectPattern":
      return pattern.properties.flatMap((property) =>
        namesOf(property.type === "RestElement" ? property.argument : property.value),
      );
    case "ArrayPattern":
      return pattern.elements.flatMap((element) => (element === null ? [] : namesOf(element)));
    case "RestElement":
      return namesOf(pattern.argument);
    case "AssignmentPattern":
      return namesOf(pattern.left);
    default:
      return [];
  }
}

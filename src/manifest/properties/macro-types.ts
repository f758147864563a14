import type { MacroNode } from '../node.ts';

type Arguments = MacroNode['arguments'];

/** How the properties of a macro differ from its definition, and types that are none, under `validate_macro_args`. */
export function argumentProblems(macro: string, defined: Arguments, described: Arguments): readonly string[] {
  const problems: string[] = [];
  for (const [index, { name }] of described.entries()) {
    const known = defined[index];
    if (known !== undefined && known.name !== name) {
      problems.push(`Argument ${name} in yaml for macro ${macro} does not match the jinja definition.`);
    }
  }
  if (described.length !== defined.length) {
    problems.push(
      `The number of arguments in the yaml for macro ${macro} does not match the jinja definition.`,
    );
  }
  for (const { name, type } of described) {
    if (type !== null && type.trim() !== '' && !isMacroType(type)) {
      problems.push(`Argument ${name} in the yaml for macro ${macro} has an invalid type.`);
    }
  }
  return problems;
}

/** Types by the number of types in their brackets. */
const types: Readonly<Record<string, number>> = {
  str: 0,
  string: 0,
  bool: 0,
  int: 0,
  integer: 0,
  float: 0,
  any: 0,
  list: 1,
  dict: 2,
  optional: 1,
  relation: 0,
  column: 0,
};

/** `list[dict[str, any]]` and its like. */
function isMacroType(text: string): boolean {
  return behindType(text.replace(/[ \t]/g, '')) === '';
}

/** What follows the type that a text begins with; null where it begins with none. */
function behindType(text: string): string | null {
  const name = /^[a-z]+/.exec(text)?.[0] ?? '';
  if (!Object.hasOwn(types, name)) return null;
  const count = types[name]!;
  let rest: string | null = text.slice(name.length);
  for (let index = 0; index < count; index += 1) {
    if (!rest.startsWith(index === 0 ? '[' : ',')) return null;
    rest = behindType(rest.slice(1));
    if (rest === null) return null;
  }
  if (count === 0) return rest;
  return rest.startsWith(']') ? rest.slice(1) : null;
}

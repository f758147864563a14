import { behaviour } from '../behaviour.ts';
import { renderDescription } from '../descriptions.ts';
import type { DocsConfig, MacroNode } from '../node.ts';
import { claim } from '../outside.ts';
import type { ParseState } from '../parse-state.ts';
import { isRecord, own, type PlainRecord } from '../record.ts';
import { entryLabel, type PropertiesEntry, patchPath, placeIn } from './entry.ts';
import { duplicateProperties, macroAnnotation, macroForPropertiesMissing } from './errors.ts';
import { argumentProblems } from './macro-types.ts';
import { checkDocs } from './parts.ts';
import { checkShape, macroArgumentShape, macroShape } from './shape.ts';

/** Describes a macro of the file's own package. */
export function patchMacro(state: ParseState, entry: PropertiesEntry): void {
  const { found, macros } = state;
  const { data, name, pack } = entry;
  const label = entryLabel(entry);
  const place = (key: string, what: 'key' | 'value') => placeIn(entry, [key], what);
  const good = checkShape(data, macroShape, { label, found, place });
  if (!checkDocs(state, entry) || !good) return;
  const macro = macros.get(`macro.${pack.name}.${name}`);
  if (macro === undefined) {
    const known = state.services.registry.namesIn(pack.name);
    found.add(macroForPropertiesMissing(name, placeIn(entry, ['name'], 'value'), known));
    return;
  }
  claim(state, macro);
  if (macro.patch_path !== null) {
    const other = macro.patch_path.slice(macro.patch_path.indexOf('://') + 3);
    found.add(duplicateProperties('macro', name, placeIn(entry), other));
    return;
  }
  const config = isRecord(own(data, 'config')) ? (data['config'] as PlainRecord) : {};
  const meta = {
    ...((data['meta'] as PlainRecord | undefined) ?? {}),
    ...((config['meta'] as PlainRecord | undefined) ?? {}),
  };
  const docs = docsOf(config['docs'] ?? data['docs']);
  macro.patch_path = patchPath(entry);
  macro.meta = meta;
  macro.docs = docs;
  macro.config = { meta, docs };
  const text = (data['description'] as string | undefined) ?? '';
  macro.description = renderDescription(state, text, pack.name, label, () =>
    place('description', 'value'),
  ).text;
  const described = argumentsOf(state, entry, label);
  if (behaviour(state.services, 'validate_macro_args', false)) {
    const problems = described.length === 0 ? [] : argumentProblems(name, macro.arguments, described);
    for (const problem of problems) found.add(macroAnnotation(problem, macro, placeIn(entry, ['arguments'])));
    if (described.length > 0) macro.arguments = described;
  } else macro.arguments = described;
}

function docsOf(value: unknown): DocsConfig {
  return { show: true, node_color: null, ...(isRecord(value) ? value : {}) };
}

function argumentsOf(state: ParseState, entry: PropertiesEntry, label: string): MacroNode['arguments'] {
  const out: MacroNode['arguments'][number][] = [];
  for (const [index, argument] of ((entry.data['arguments'] as unknown[] | undefined) ?? []).entries()) {
    if (!isRecord(argument)) continue;
    const place = (key: string, what: 'key' | 'value') => placeIn(entry, ['arguments', index, key], what);
    if (
      !checkShape(argument, macroArgumentShape, {
        label: `an argument of ${label}`,
        found: state.found,
        place,
        closed: true,
      })
    )
      continue;
    const text = (argument['description'] as string | undefined) ?? '';
    out.push({
      name: String(argument['name']),
      type: (argument['type'] as string | null | undefined) ?? null,
      description: renderDescription(state, text, entry.pack.name, label, () => place('description', 'value'))
        .text,
    });
  }
  return out;
}

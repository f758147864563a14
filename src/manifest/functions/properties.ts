import { describer } from '../descriptions.ts';
import type { FunctionNode } from '../node.ts';
import type { ParsedNode } from '../node-store.ts';
import type { ParseState } from '../parse-state.ts';
import { columnInfos, readColumns } from '../properties/columns.ts';
import { type PropertiesEntry, patchPath, placeIn } from '../properties/entry.ts';
import { duplicateProperties, nodeForPropertiesMissing, severalDisabled } from '../properties/errors.ts';
import { columnsContext } from '../properties/nodes.ts';
import { checkPart, innerPart, innerParts, type Part, textOrNull, wholeEntry } from '../properties/parts.ts';
import { configOf, configPlace } from '../properties/patch.ts';
import { functionArgumentShape, functionReturnsShape, functionShape } from '../properties/shape.ts';
import { type Draft, own, type PlainRecord } from '../record.ts';
import { settleNode } from '../settle-node.ts';

/** Gives a function its configuration, arguments and return type. Descriptions stay as written, as in dbt. */
export function patchFunction(
  state: ParseState,
  entry: PropertiesEntry,
  functions: readonly ParsedNode[],
): void {
  const part = wholeEntry(state, entry);
  if (!checkPart(part, functionShape, ['returns'], { closed: false })) return;
  const returns = returnsOf(part);
  if (returns === null) return;
  const config = configOf(state, entry);
  const columns = readColumns(state, entry.data['columns'], columnsContext(entry));
  for (const parsed of describedBy(state, entry, functions, config)) {
    const node = parsed.node as Draft<FunctionNode>;
    settleNode(state, parsed, config, (key) => configPlace(entry, key), own(entry.raw, 'config'));
    node.patch_path = patchPath(entry);
    node.description = (entry.data['description'] as string | undefined) ?? '';
    node.columns = columnInfos(state, columns, columnsContext(entry), describer(false));
    node.returns = returns;
    node.arguments = argumentsOf(part);
  }
}

/** The enabled function of the name, else the disabled ones of the package; none where there is no such function. */
function describedBy(
  { found }: ParseState,
  entry: PropertiesEntry,
  functions: readonly ParsedNode[],
  config: PlainRecord,
): readonly ParsedNode[] {
  const { name, pack, section } = entry;
  const named = functions.filter(({ node }) => node.name === name);
  const enabled = named.find(({ node }) => node.config.enabled);
  const place = () => placeIn(entry, ['name'], 'value');
  if (enabled !== undefined) {
    const { patch_path: patched } = enabled.node;
    if (patched === null) return [enabled];
    found.add(duplicateProperties('function', name, place(), patched.slice(patched.indexOf('://') + 3)));
    return [];
  }
  const disabled = named.filter(({ node }) => node.package_name === pack.name);
  if (disabled.length > 1 && config['enabled'] === true) {
    found.add(severalDisabled('function', name, disabled.length, placeIn(entry)));
    return [];
  }
  if (disabled.length === 0) {
    const known = functions.map(({ node }) => node.name);
    found.add(nodeForPropertiesMissing(section, name, place(), known));
  }
  return disabled;
}

function returnsOf(part: Part): FunctionNode['returns'] | null {
  const inner = innerPart(part, 'returns', 'returns')!;
  if (!checkPart(inner, functionReturnsShape, ['data_type'])) return null;
  return { data_type: inner.data['data_type'] as string, description: textOrNull(inner.data, 'description') };
}

function argumentsOf(part: Part): FunctionNode['arguments'] {
  return innerParts(part, 'arguments', 'argument').flatMap((argument) => {
    if (!checkPart(argument, functionArgumentShape, ['name', 'data_type'])) return [];
    const { data } = argument;
    return {
      name: data['name'] as string,
      data_type: data['data_type'] as string,
      description: textOrNull(data, 'description'),
      default_value: data['default_value'] ?? null,
    };
  });
}

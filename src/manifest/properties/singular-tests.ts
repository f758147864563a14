import type { ParseState } from '../parse-state.ts';
import { settleNode } from '../settle-node.ts';
import { entryLabel, type PropertiesEntry, placeIn } from './entry.ts';
import { nodeForPropertiesMissing } from './errors.ts';
import { configKeysOf, describeNode } from './nodes.ts';
import { configOf, configPlace } from './patch.ts';
import { checkShape, singularTestShape } from './shape.ts';

/** Describes a test of a SQL file. */
export function patchSingularTest(state: ParseState, entry: PropertiesEntry): void {
  const good = checkShape(entry.data, singularTestShape, {
    label: entryLabel(entry),
    found: state.found,
    place: (key, what) => placeIn(entry, [key], what),
    configKeys: configKeysOf('test'),
  });
  if (!good) return;
  const parsed = state.store.findSingularTest(entry.name, entry.pack.name);
  if (parsed === undefined) {
    const known = state.store.singularTestNames();
    state.found.add(
      nodeForPropertiesMissing(entry.section, entry.name, placeIn(entry, ['name'], 'value'), known),
    );
    return;
  }
  settleNode(state, parsed, configOf(state, entry), (key) => configPlace(entry, key));
  describeNode(state, parsed, entry, (entry.data['description'] as string | undefined) ?? '');
}

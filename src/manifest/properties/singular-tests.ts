import { Diagnostics } from '../../core/diagnostic.ts';
import type { Environment } from '../../jinja/environment.ts';
import type { ParseState } from '../parse-state.ts';
import { settleNode } from '../settle-node.ts';
import { entryLabel, type PropertiesEntry, type PropertiesFile, placeIn } from './entry.ts';
import { nodeForPropertiesMissing, sectionCutShort } from './errors.ts';
import { configKeysOf, describeNode } from './nodes.ts';
import { configOf, configPlace } from './patch.ts';
import { entriesOf } from './read.ts';
import { checkShape, singularTestShape } from './shape.ts';

/** Describes the tests of SQL files, as far as the entries of a section are well-formed: dbt reads no further. */
export function patchSingularTests(
  state: ParseState,
  properties: PropertiesFile,
  environment: Environment,
): void {
  const told = new Diagnostics();
  for (const entry of entriesOf(state, properties, 'data_tests', environment, told)) {
    if (told.errors.length > 0) break;
    patchSingularTest(state, entry, told);
  }
  for (const warning of told.warnings) state.found.add(warning);
  const [mistake] = told.errors;
  if (mistake !== undefined) state.found.add(sectionCutShort(mistake));
}

function patchSingularTest(state: ParseState, entry: PropertiesEntry, told: Diagnostics): void {
  const good = checkShape(entry.data, singularTestShape, {
    label: entryLabel(entry),
    found: told,
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

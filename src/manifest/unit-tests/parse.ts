import type { Span } from '../../core/span.ts';
import type { UnitTestNode } from '../node.ts';
import type { ParseState } from '../parse-state.ts';
import { fqnPrefix } from '../paths.ts';
import { defineResource } from '../properties/defined.ts';
import { type PropertiesEntry, placeIn } from '../properties/entry.ts';
import { checkPart, innerPart, innerParts, type Part, tellPart, wholeEntry } from '../properties/parts.ts';
import type { Shape } from '../properties/shape.ts';
import { type Draft, listOf, own, type PlainRecord } from '../record.ts';
import { unitTestChecksum } from './checksum.ts';
import type { FixtureIndex } from './fixtures.ts';
import { readFixture } from './rows.ts';

export interface ParsedUnitTest {
  readonly node: Draft<UnitTestNode>;
  readonly place: () => Span;
}

const unitTestShape: Shape = {
  name: 'text',
  model: 'text',
  given: 'list',
  expect: 'record',
  description: 'text',
  overrides: 'record?',
  config: 'record',
  versions: 'record?',
};

/** Null where the entry is wrong, which is told. Which models it tests is worked out when all are known. */
export function parseUnitTest(
  state: ParseState,
  entry: PropertiesEntry,
  fixtures: FixtureIndex,
): ParsedUnitTest | null {
  const part = wholeEntry(state, entry);
  if (!checkPart(part, unitTestShape, ['model', 'given', 'expect'])) return null;
  const given = innerParts(part, 'given', 'input').map((input) => {
    const fixture = readFixture(input, 'input', fixtures);
    return fixture === null ? null : { input: input.data['input'] as string, ...fixture };
  });
  const expect = readFixture(innerPart(part, 'expect', 'expect')!, 'expected', fixtures);
  const versions = versionsOf(part);
  if (expect === null || given.includes(null) || versions === undefined) return null;
  const { data, pack, file, name } = entry;
  const model = data['model'] as string;
  const inFolder = file.path.slice(file.path.indexOf('/') + 1);
  const fqn = [...fqnPrefix(pack.name, inFolder), model, name];
  const { path, config } = defineResource(state, entry, 'unit_test', { fqn });
  config['tags'] = listOf(config['tags']);
  const tested = {
    model,
    given: given as UnitTestNode['given'],
    expect,
    overrides: overridesOf(part),
    versions,
  };
  const node: Draft<UnitTestNode> = {
    model,
    given: tested.given,
    expect,
    name,
    resource_type: 'unit_test',
    package_name: pack.name,
    path,
    original_file_path: file.path,
    unique_id: `unit_test.${pack.name}.${model}.${name}`,
    fqn,
    description: (data['description'] as string | undefined) ?? '',
    overrides: tested.overrides,
    depends_on: { macros: [], nodes: [] },
    config: config as unknown as UnitTestNode['config'],
    checksum: unitTestChecksum(tested),
    schema: null,
    created_at: state.createdAt,
    versions,
    version: null,
  };
  return { node, place: () => placeIn(entry) };
}

const overridesShape: Shape = { macros: 'record', vars: 'record', env_vars: 'record' };

function overridesOf(part: Part): UnitTestNode['overrides'] {
  const inner = innerPart(part, 'overrides', 'overrides');
  if (inner === null || !checkPart(inner, overridesShape)) return null;
  const record = (key: string): PlainRecord => (own(inner.data, key) as PlainRecord | undefined) ?? {};
  return { macros: record('macros'), vars: record('vars'), env_vars: record('env_vars') };
}

/** Undefined where they are wrong, which is told. */
function versionsOf(part: Part): UnitTestNode['versions'] | undefined {
  const inner = innerPart(part, 'versions', 'versions');
  if (inner === null) return null;
  if (!checkPart(inner, { include: 'list?', exclude: 'list?' })) return undefined;
  const list = (key: string) => (own(inner.data, key) as readonly (string | number)[] | undefined) ?? null;
  const [include, exclude] = [list('include'), list('exclude')];
  if (include !== null && include.length > 0 && exclude !== null && exclude.length > 0) {
    tellPart(inner, 'a unit test cannot both include and exclude versions');
    return undefined;
  }
  return { include, exclude };
}

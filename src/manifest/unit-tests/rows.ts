import { readFileSync } from 'node:fs';
import type { FixtureRows, UnitTestFixture } from '../node.ts';
import { placeIn } from '../properties/entry.ts';
import { readReference } from '../properties/model-extras.ts';
import { checkPart, choiceOf, type Part, textOrNull } from '../properties/parts.ts';
import { isRecord, own, type PlainRecord } from '../record.ts';
import { csvRows, emptyAsNull, promoteFullRow } from './csv-rows.ts';
import { fixtureNotFound, rowsMismatch, seedOfInputMissing } from './errors.ts';
import type { FixtureIndex } from './fixtures.ts';

/** One input, or the expected rows, of a unit test; null where it is wrong, which is told. */
export function readFixture(
  part: Part,
  kind: 'input' | 'expected',
  fixtures: FixtureIndex,
): UnitTestFixture | null {
  const shape = {
    rows: 'any',
    format: 'text',
    fixture: 'text?',
    ...(kind === 'input' ? { input: 'text' } : {}),
  };
  if (!checkPart(part, shape as Parameters<typeof checkPart>[1], kind === 'input' ? ['input'] : []))
    return null;
  const format = Object.hasOwn(part.data, 'format')
    ? choiceOf(part, 'format', ['dict', 'csv', 'sql'])
    : 'dict';
  if (format === null) return null;
  const fixture = textOrNull(part.data, 'fixture');
  const rows = rowsOf({ ...part, data: { ...part.data, format } }, kind, fixtures);
  return rows === undefined ? null : { rows, format, fixture };
}

/** Undefined where they are wrong, which is told. */
function rowsOf(part: Part, kind: 'input' | 'expected', fixtures: FixtureIndex): FixtureRows | undefined {
  const { state, entry, data, path, label } = part;
  const format = data['format'] as UnitTestFixture['format'];
  const fixture = textOrNull(data, 'fixture');
  const given = own(data, 'rows') ?? null;
  const mismatch = (): undefined => {
    state.found.add(rowsMismatch(label, kind, format, placeIn(entry, path)));
    return undefined;
  };
  if (format === 'dict') {
    const rows = given === null && fixture === null && kind === 'input' ? seedRows(part) : given;
    if (rows === undefined) return undefined;
    return isRows(rows) ? promoteFullRow(rows) : mismatch();
  }
  let rows: unknown = given;
  if (fixture !== null && fixture !== '') {
    rows = fixtures.rows(entry.pack.name, fixture);
    if (rows === undefined) {
      const place = placeIn(entry, [...path, 'fixture'], 'value');
      state.found.add(fixtureNotFound(fixture, label, place, fixtures.names(entry.pack.name)));
      return undefined;
    }
  } else if (typeof rows !== 'string') return mismatch();
  if (format === 'sql') return rows as FixtureRows;
  const read = typeof rows === 'string' && !fixture ? csvRows(rows) : rows;
  return isRows(read) ? promoteFullRow(emptyAsNull(read)) : mismatch();
}

const isRows = (rows: unknown): rows is readonly PlainRecord[] => Array.isArray(rows) && rows.every(isRecord);

/** The rows of the seed that an input refers to, as texts; undefined where it is none, which is told. */
function seedRows({ state, entry, data, path, label }: Part): readonly PlainRecord[] | undefined {
  const input = String(data['input']);
  const reference = readReference(input);
  const ref = reference !== null && 'ref' in reference ? reference.ref : null;
  const packageName = ref?.package ?? entry.pack.name;
  const parsed = ref === null ? undefined : state.store.findRefable(ref.name, packageName)[0];
  const pack = state.packages.find((one) => one.name === packageName);
  const file = pack?.files.seeds.find((seed) => seed.path === parsed?.node.original_file_path);
  if (parsed?.node.resource_type !== 'seed' || file === undefined) {
    state.found.add(seedOfInputMissing(label, input, placeIn(entry, path)));
    return undefined;
  }
  return csvRows(readFileSync(file.absolutePath, 'utf8'));
}

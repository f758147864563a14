import type { Span } from '../../core/span.ts';
import type { ParseState } from '../parse-state.ts';
import { isRecord, own, type PlainRecord } from '../record.ts';
import { entryLabel, type PropertiesEntry, placeIn } from './entry.ts';
import { propertyInvalid } from './errors.ts';

/** Keys that are configuration although they may stand beside `config`. */
const besideConfig = ['meta', 'docs', 'group', 'contract', 'access'] as const;

/** The configuration that properties give a node: `config`, and the keys that may stand beside it. */
export function configOf(state: ParseState, entry: PropertiesEntry): PlainRecord {
  const { data } = entry;
  const config = own(data, 'config');
  const out: Record<string, unknown> = isRecord(config) ? { ...config } : {};
  for (const key of besideConfig) {
    if (!Object.hasOwn(data, key)) continue;
    if (Object.hasOwn(out, key)) {
      const problem = `'${key}' stands both beside and in 'config'; remove the one beside it`;
      state.found.add(propertyInvalid(entryLabel(entry), problem, placeIn(entry, [key])));
    }
    out[key] = data[key];
  }
  return out;
}

/** Where the properties of a node configure a key; null where they do not. */
export function configPlace(entry: PropertiesEntry, key: string): Span | null {
  const { data } = entry;
  const spelled = key.replaceAll('-', '_');
  const config = own(data, 'config');
  for (const one of [key, spelled]) {
    if (isRecord(config) && Object.hasOwn(config, one)) return placeIn(entry, ['config', one], 'value');
    if (Object.hasOwn(data, one)) return placeIn(entry, [one], 'value');
  }
  return null;
}

/** Whether `testsOf` has something to look at. */
export function hasTests(data: PlainRecord): boolean {
  return data['tests'] !== undefined || data['data_tests'] !== undefined;
}

/** The tests of a mapping under either spelling; both at once is an error. */
export function testsOf(
  state: ParseState,
  data: PlainRecord,
  label: string,
  entry: PropertiesEntry,
  path: readonly (string | number)[] = [],
): { readonly list: readonly unknown[]; readonly key: 'tests' | 'data_tests' } | null {
  const tests = own(data, 'tests');
  const dataTests = own(data, 'data_tests');
  if (Array.isArray(tests) && tests.length > 0) {
    if (dataTests !== undefined) {
      state.found.add(
        propertyInvalid(
          label,
          "cannot have both 'tests' and 'data_tests'",
          placeIn(entry, [...path, 'tests']),
        ),
      );
    }
    return { list: tests, key: 'tests' };
  }
  return Array.isArray(dataTests) ? { list: dataTests, key: 'data_tests' } : null;
}

import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Span } from '../../core/span.ts';
import { unlessRefused } from '../../core/system-error.ts';
import type { UnitTestNode } from '../../manifest/node.ts';
import { isRecord } from '../../manifest/record.ts';
import { yamlSpan } from '../../project/yaml/locate.ts';
import { readYaml } from '../../project/yaml/read-yaml.ts';
import type { CompileServices } from '../services.ts';
import { csvCell, type FixtureFile } from './csv-places.ts';

/** The input of this number among a test's `given`, or what it expects. */
export type Part = number | 'expect';

/** Places of a unit test in the file that defines it, for errors; the file is read when the first one is asked for. */
export class TestPlaces {
  readonly #services: CompileServices;
  readonly #test: UnitTestNode;
  #file: { readonly text: string; readonly index: number; readonly entry: unknown } | null | undefined;

  constructor(services: CompileServices, test: UnitTestNode) {
    this.#services = services;
    this.#test = test;
  }

  /** Null where the file is not as it was when it was parsed. */
  at(path: readonly (string | number)[], what: 'key' | 'value' = 'key'): Span | null {
    this.#file ??= this.#read();
    if (this.#file === null) return null;
    const { text, index } = this.#file;
    return yamlSpan(this.#test.original_file_path, text, ['unit_tests', index, ...path], what);
  }

  /** A part of the test as a whole: its `input:`, or `expect:`. */
  part(part: Part): Span | null {
    return part === 'expect' ? this.at(['expect']) : this.at(['given', part, 'input'], 'value');
  }

  /** A column of a row, or its value; where the rows are a text or a file, that as a whole. */
  cell(part: Part, column: string, value: unknown, what: 'key' | 'value'): Span | null {
    const path = part === 'expect' ? ['expect'] : ['given', part];
    this.#file ??= this.#read();
    const written = dig(this.#file?.entry, path);
    if (!isRecord(written)) return this.part(part);
    const { rows, fixture } = written;
    if (typeof fixture === 'string') {
      const file = this.#fixture(fixture);
      const place = file === null ? null : csvCell(file, column, value, what);
      return place ?? this.at([...path, 'fixture'], 'value');
    }
    if (!Array.isArray(rows)) return this.at([...path, 'rows'], 'key');
    const has = (row: unknown): string | undefined =>
      isRecord(row) ? Object.keys(row).find((key) => key.toLowerCase() === column.toLowerCase()) : undefined;
    const holds = (row: unknown): boolean => {
      const key = has(row);
      return key !== undefined && (what === 'key' || String((row as never)[key]) === String(value));
    };
    const index = Math.max(rows.findIndex(holds), 0);
    const key = has(rows[index]);
    return key === undefined ? this.part(part) : this.at([...path, 'rows', index, key], what);
  }

  /** Where this part of a statement stands in the file of one of the test's SQL fixtures; null where in none. */
  inSqlFixture(compiled: Span): Span | null {
    const { given, expect } = this.#test;
    for (const { fixture, format, rows } of [...given, expect]) {
      if (fixture === null || format !== 'sql' || typeof rows !== 'string') continue;
      const begin = compiled.text.indexOf(rows);
      const within = begin >= 0 && begin <= compiled.start && compiled.end <= begin + rows.length;
      const file = within ? this.#fixture(fixture) : null;
      const start = file === null ? -1 : file.text.indexOf(rows);
      if (file === null || start < 0) continue;
      const offset = start - begin;
      return { ...file, start: compiled.start + offset, end: compiled.end + offset };
    }
    return null;
  }

  /** The file of that name among the fixtures of the test's package; null where it cannot be read any more. */
  #fixture(name: string): FixtureFile | null {
    const { directory, testPaths } = this.#project();
    for (const testPath of testPaths) {
      const folder = join(directory, testPath, 'fixtures');
      const found = unlessRefused(() =>
        readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((path) =>
          [`${name}.csv`, `${name}.sql`].includes(basename(path)),
        ),
      );
      const text = found == null ? null : unlessRefused(() => readFileSync(join(folder, found), 'utf8'));
      if (text !== null) return { file: `${testPath}/fixtures/${found}`.replaceAll('\\', '/'), text };
    }
    return null;
  }

  #project(): { readonly directory: string; readonly testPaths: readonly string[] } {
    const { projectDirectory, context } = this.#services;
    const { directory = projectDirectory, testPaths = ['tests'] } =
      context.projects.get(this.#test.package_name) ?? {};
    return { directory, testPaths };
  }

  #read() {
    const { original_file_path: path, name, model } = this.#test;
    const { directory } = this.#project();
    try {
      const text = readFileSync(join(directory, path), 'utf8');
      const { data } = readYaml(text, path);
      const list = isRecord(data) ? data['unit_tests'] : null;
      if (!Array.isArray(list)) return null;
      // Tests of two models may have one name; the model's may be a template.
      const named = (entry: unknown) => isRecord(entry) && entry['name'] === name;
      const exact = list.findIndex((entry) => named(entry) && entry['model'] === model);
      const index = exact < 0 ? list.findIndex(named) : exact;
      return index < 0 ? null : { text, index, entry: list[index] };
    } catch {
      // An error without a place is better than another error.
      return null;
    }
  }
}

function dig(value: unknown, path: readonly (string | number)[]): unknown {
  let found = value;
  for (const step of path) found = (found as Record<string | number, unknown> | null | undefined)?.[step];
  return found;
}

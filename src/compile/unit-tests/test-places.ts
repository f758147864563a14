import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Span } from '../../core/span.ts';
import type { UnitTestNode } from '../../manifest/node.ts';
import { isRecord } from '../../manifest/record.ts';
import { yamlSpan } from '../../project/yaml/locate.ts';
import { readYaml } from '../../project/yaml/read-yaml.ts';
import type { CompileServices } from '../services.ts';

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
    const rows = written['rows'];
    if (!Array.isArray(rows)) {
      const key = typeof written['fixture'] === 'string' ? 'fixture' : 'rows';
      return this.at([...path, key], key === 'fixture' ? 'value' : 'key');
    }
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

  #read() {
    const { projectDirectory, context } = this.#services;
    const { package_name: packageName, original_file_path: path, name, model } = this.#test;
    const directory = context.projects.get(packageName)?.directory ?? projectDirectory;
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

import { stripText } from '../../project/checksum.ts';
import type { FixtureRows } from '../node.ts';
import type { ParseState } from '../parse-state.ts';
import { baseName, withoutExtension } from '../paths.ts';
import { csvRows } from './csv-rows.ts';
import { fixtureTwice } from './errors.ts';

/** Files of rows by package and name, read when a test asks for them: CSV gives rows, SQL its text. */
export class FixtureIndex {
  readonly #files = new Map<string, { readonly path: string; readonly text: string }>();

  constructor(state: Pick<ParseState, 'packages' | 'found'>) {
    for (const pack of state.packages) {
      for (const { path, text } of pack.files.fixtures) {
        const name = withoutExtension(baseName(path));
        const key = `${pack.name}.${name}`;
        const other = this.#files.get(key);
        if (other !== undefined) state.found.add(fixtureTwice(name, path, other.path));
        else this.#files.set(key, { path, text });
      }
    }
  }

  /** Undefined where the package has no such fixture. */
  rows(packageName: string, name: string): Exclude<FixtureRows, null> | undefined {
    const file = this.#files.get(`${packageName}.${name}`);
    if (file === undefined) return undefined;
    const text = stripText(file.text);
    return /\.sql$/i.test(file.path) ? text : csvRows(text);
  }

  names(packageName: string): readonly string[] {
    const prefix = `${packageName}.`;
    return [...this.#files.keys()]
      .filter((key) => key.startsWith(prefix))
      .map((key) => key.slice(prefix.length));
  }
}

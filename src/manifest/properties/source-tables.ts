import { didYouMeanKey } from '../../core/nearest.ts';
import type { Environment } from '../../jinja/environment.ts';
import { duplicateResource } from '../name-errors.ts';
import type { ParseState } from '../parse-state.ts';
import { isRecord, own, type PlainRecord } from '../record.ts';
import { entryLabel, type PropertiesEntry, type PropertiesFile, placeIn } from './entry.ts';
import { propertyInvalid, propertyType, sourceOverride, unusedSourceOverrides } from './errors.ts';
import { configKeysOf } from './nodes.ts';
import { entriesOf } from './read.ts';
import { checkShape, sourcePatchShape, sourceShape, tableShape } from './shape.ts';

/** One table of a source, before it is a node; overrides are laid over it. */
export interface SourceTable {
  readonly entry: PropertiesEntry;
  readonly uniqueId: string;
  readonly source: PlainRecord;
  readonly table: PlainRecord;
  readonly tableName: string;
  readonly index: number;
}

/** Two files by package and path that mean something only together. */
export type FilePair = readonly [readonly [string, string], readonly [string, string]];

const placeOfEntry = ({ pack, file }: PropertiesEntry): readonly [string, string] => [pack.name, file.path];

/** What the properties files say of sources: their tables in order, and overrides of installed packages' sources. */
export class SourceTables {
  readonly tables = new Map<string, SourceTable>();
  /** Package and path of files that override a source, with those of the file that defines it. */
  readonly overriding: FilePair[] = [];
  readonly #overrides = new Map<string, { entry: PropertiesEntry; used: Set<string> | null }>();

  /** Reads the `sources` section of a file. */
  read(state: ParseState, properties: PropertiesFile, environment: Environment): void {
    for (const entry of entriesOf(state, properties, 'sources', environment)) {
      const isOverride = Object.hasOwn(entry.data, 'overrides');
      const good = checkShape(entry.data, isOverride ? sourcePatchShape : sourceShape, {
        label: entryLabel(entry),
        found: state.found,
        place: (key, what) => placeIn(entry, [key], what),
        closed: true,
      });
      if (!good) continue;
      if (isOverride) this.#addOverride(state, entry);
      else this.#addTables(state, entry);
    }
  }

  #addOverride(state: ParseState, entry: PropertiesEntry): void {
    const key = `${String(entry.data['overrides'])}.${entry.name}`;
    const other = this.#overrides.get(key);
    if (other === undefined) {
      this.#overrides.set(key, { entry, used: null });
      state.found.add(sourceOverride(entry.name, placeIn(entry, ['overrides'], 'key')));
      return;
    }
    const problem = `the source '${key}' is overridden twice, also in ${other.entry.file.path}`;
    state.found.add(propertyInvalid(entryLabel(entry), problem, placeIn(entry)));
  }

  #addTables(state: ParseState, entry: PropertiesEntry): void {
    for (const [index, table] of ((entry.data['tables'] as unknown[] | undefined) ?? []).entries()) {
      const place = () => placeIn(entry, ['tables', index]);
      const tableName = isRecord(table) ? own(table, 'name') : undefined;
      if (!isRecord(table)) {
        state.found.add(propertyType(entryLabel(entry), 'tables', 'a list of mappings', table, place()));
        continue;
      }
      if (typeof tableName !== 'string') {
        state.found.add(
          propertyInvalid(
            entryLabel(entry),
            'a table needs a name',
            place(),
            didYouMeanKey('name', Object.keys(table)),
          ),
        );
        continue;
      }
      const good = checkShape(table, tableShape, {
        label: `table '${tableName}' of ${entryLabel(entry)}`,
        found: state.found,
        place: (key, what) => placeIn(entry, ['tables', index, key], what),
        configKeys: configKeysOf('source'),
        open: true,
      });
      if (!good) continue;
      const uniqueId = `source.${entry.pack.name}.${entry.name}.${tableName}`;
      const other = this.tables.get(uniqueId);
      if (other !== undefined) {
        const [path, otherPath] = [entry.file.path, other.entry.file.path];
        const otherPlace = placeIn(other.entry, ['tables', other.index]);
        state.found.add(
          duplicateResource('sources', `${entry.name}.${tableName}`, path, otherPath, place(), otherPlace),
        );
        continue;
      }
      this.tables.set(uniqueId, { entry, uniqueId, source: entry.data, table, tableName, index });
    }
  }

  /** The table under the override of its source, where a project has one. */
  overridden(table: SourceTable): SourceTable {
    const override = this.#overrides.get(`${table.entry.pack.name}.${table.entry.name}`);
    if (override === undefined) return table;
    override.used ??= new Set();
    this.overriding.push([placeOfEntry(override.entry), placeOfEntry(table.entry)]);
    const { data } = override.entry;
    const source = { ...table.source, ...overrideReset, ...without(data, ['name', 'overrides', 'tables']) };
    const patches = (data['tables'] as unknown[] | null | undefined) ?? [];
    const patch = patches.find((one) => isRecord(one) && one['name'] === table.tableName);
    if (!isRecord(patch)) return { ...table, source };
    override.used.add(table.tableName);
    return { ...table, source, table: { ...table.table, ...tableReset, ...without(patch, ['name']) } };
  }

  /** Overrides that fit no source or table. */
  tellUnused(state: ParseState): void {
    const unused: string[] = [];
    let place: PropertiesEntry | null = null;
    for (const [key, { entry, used }] of this.#overrides) {
      const tables = ((entry.data['tables'] as unknown[] | null | undefined) ?? []) as PlainRecord[];
      const missing =
        used === null ? [null] : tables.map(({ name }) => String(name)).filter((name) => !used.has(name));
      const where = `(in ${entry.file.path})`;
      unused.push(
        ...missing.map((name) =>
          name === null ? `  - Source ${key} ${where}` : `  - Source table ${key}.${name} ${where}`,
        ),
      );
      if (missing.length > 0) place ??= entry;
    }
    if (place !== null) state.found.add(unusedSourceOverrides(unused, placeIn(place)));
  }
}

/** An override starts from nothing for these, even where it does not mention them: as in dbt. */
const overrideReset: PlainRecord = { freshness: {}, config: {} };
const tableReset: PlainRecord = { freshness: {}, quoting: {} };

function without(data: PlainRecord, keys: readonly string[]): PlainRecord {
  return Object.fromEntries(
    Object.entries(data).filter(
      ([key, value]) => !keys.includes(key) && (value !== null || key === 'freshness'),
    ),
  );
}

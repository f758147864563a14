import { type Dict, dictGet, dictItems, dictSet } from '../../jinja/dict.ts';
import { truth } from '../../jinja/operations.ts';
import { raise } from '../../jinja/py-error.ts';
import { str } from '../../jinja/text.ts';
import { type Callable, hostFunction, isDict, type Value } from '../../jinja/values.ts';

/** dbt-duckdb's rules of files that models are written to: the options of `copy`, and how they are read again. */
export function externalFileFunctions(root: () => string): Callable[] {
  return [
    hostFunction('external_root', [], () => root()),
    hostFunction('external_write_options', ['write_location', 'rendered_options'], (location, options) =>
      writeOptions(str(location!), dictOf(options!, 'external_write_options')),
    ),
    hostFunction('external_read_location', ['write_location', 'rendered_options'], (location, options) =>
      readLocation(str(location!), dictOf(options!, 'external_read_location')),
    ),
  ];
}

const dictOf = (value: Value, name: string): Dict =>
  isDict(value) ? value : raise('TypeError', `adapter.${name}() takes a dictionary of options`);

const compressions: Readonly<Record<string, string>> = { '.gz': 'gzip', '.zst': 'zstd' };
const quotedOptions: ReadonlySet<string> = new Set(['delimiter', 'quote', 'escape', 'null']);

/** Fills in what the file's name tells, in the given options too, as dbt's callers read them afterwards. */
function writeOptions(location: string, options: Dict): string {
  const { format, compression } = formatOf(location, options);
  if (dictGet(options, 'format') === undefined) {
    dictSet(options, 'format', format);
    if (compression !== null && dictGet(options, 'compression') === undefined) {
      dictSet(options, 'compression', compression);
    }
  }
  if (str(dictGet(options, 'format')!) === 'csv' && dictGet(options, 'header') === undefined) {
    dictSet(options, 'header', 1);
  }
  const partitions = dictGet(options, 'partition_by');
  if (partitions !== undefined && str(partitions).includes(',') && !str(partitions).startsWith('(')) {
    dictSet(options, 'partition_by', `(${str(partitions)})`);
  }
  const written = dictItems(options).map((item) => {
    const [name, value] = (item as unknown as readonly Value[]).map(str) as [string, string];
    const quoted = quotedOptions.has(name.toLowerCase()) && !value.startsWith("'");
    return quoted ? `${name} '${value}'` : `${name} ${value}`;
  });
  return written.join(', ');
}

/** DuckDB infers the same from a name in lower case; said, it holds for any case. */
function formatOf(location: string, options: Dict): { format: string; compression: string | null } {
  let extension = extensionOf(location);
  const compression = compressions[extension] ?? null;
  if (compression !== null) extension = extensionOf(location.slice(0, -extension.length));
  if (extension !== '') return { format: extension.slice(1), compression };
  return { format: dictGet(options, 'delimiter') === undefined ? 'parquet' : 'csv', compression: null };
}

const extensionOf = (path: string): string => (/[^/.][^/]*?(\.[^./]*)$/.exec(path)?.[1] ?? '').toLowerCase();

/** Partitions are folders, a level for each; several writers leave several files. */
function readLocation(location: string, options: Dict): string {
  const partitions = dictGet(options, 'partition_by') ?? null;
  if (!truth(partitions) && !truth(dictGet(options, 'per_thread_output') ?? null)) return location;
  const levels = truth(partitions) ? str(partitions).split(',').length : 0;
  const glob = [location, ...Array.from({ length: levels + 1 }, () => '*')].join('/');
  return `${glob}.${str(dictGet(options, 'format') ?? 'parquet')}`;
}

import type { Value } from '../../jinja/values.ts';
import { decimal } from '../decimal.ts';
import { DateValue } from '../modules/datetime/date.ts';
import { DateTime } from '../modules/datetime/datetime.ts';
import { parseIsoDate, parseIsoDateTime } from '../modules/datetime/iso-parse.ts';
import type { Reading } from '../seed/infer.ts';
import type { Seed } from '../seed/read-seed.ts';
import { columnTypes, type TypeName } from './column-type.ts';
import { type Print, type Table, tableOf } from './table.ts';

/** The table of a seed, as `load_agate_table` gives it; holds the whole file. */
export async function tableFromSeed(seed: Seed, print: Print): Promise<Table> {
  const readers = seed.columns.map(({ reading }) => readerOf(reading));
  const rows: Value[][] = [];
  for await (const row of seed.values()) {
    rows.push(row.map((text, index) => (text === null ? null : readers[index]!(text))));
  }
  const data = {
    names: seed.columns.map(({ name }) => name),
    types: seed.columns.map(({ reading }) => columnTypes[typeNames[reading]]),
    rows,
  };
  return tableOf(data, print);
}

const typeNames: Readonly<Record<Reading, TypeName>> = {
  nothing: 'Integer',
  number: 'Number',
  date: 'Date',
  datetime: 'DateTime',
  iso: 'DateTime',
  boolean: 'Boolean',
  text: 'Text',
};

function readerOf(reading: Reading): (text: string) => Value {
  switch (reading) {
    case 'number':
      return (text) => decimal(text) ?? Number(text);
    case 'date':
      return (text) => new DateValue(parseIsoDate(text));
    case 'datetime':
    case 'iso':
      return (text) => {
        const { civil, clock, zone } = parseIsoDateTime(text);
        return new DateTime(civil, clock, zone);
      };
    case 'boolean':
      return (text) => text === 'True';
    default:
      return (text) => text;
  }
}

import { expect, test } from 'vitest';
import { tableFromSeed } from '../../../src/context/table/from-seed.ts';
import { repr } from '../../../src/jinja/text.ts';
import { seedOf } from '../seed/support.ts';

test('load_agate_table has the types and values of dbt', async () => {
  const text =
    'i,n,d,t,z,b,s\n1,1.50,2020-1-2,2020-01-02 03:04:05,2020-01-02T03:04:05Z,true,x\n,1e5,,,,FALSE,null\n';
  const printed: string[] = [];
  const table = await tableFromSeed(await seedOf(text), (line) => printed.push(line));
  expect(table.data.types.map(({ name }) => name)).toEqual([
    ...['Number', 'Number', 'Date', 'DateTime', 'DateTime', 'Boolean', 'Text'],
  ]);
  expect(table.columns.values.map(repr)).toEqual([
    "<agate.Column: (Decimal('1'), None)>",
    "<agate.Column: (Decimal('1.50'), Decimal('1E+5'))>",
    '<agate.Column: (datetime.date(2020, 1, 2), None)>',
    '<agate.Column: (datetime.datetime(2020, 1, 2, 3, 4, 5), None)>',
    '<agate.Column: (datetime.datetime(2020, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc), None)>',
    '<agate.Column: (True, False)>',
    "<agate.Column: ('x', None)>",
  ]);
});

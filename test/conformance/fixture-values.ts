/** Types that every warehouse has, and two different values of each as a unit test's rows have them, in YAML. */
export const commonValues = [
  { type: 'integer', value: '1', other: "'2'" },
  { type: 'smallint', value: '-3', other: '3' },
  { type: 'bigint', value: '9007199254740993', other: '9007199254740992' },
  { type: 'decimal(20,4)', value: '1234567890123456.1234', other: "'1234567890123456.1235'" },
  { type: 'real', value: '1.5', other: '1.25' },
  { type: 'double precision', value: '0.1', other: '0.2' },
  { type: 'boolean', value: 'true', other: 'false' },
  { type: 'varchar', value: "it's", other: 'NULL and void' },
  { type: 'varchar(3)', value: 'longer than that', other: 'longer than this' },
  { type: 'varchar', value: "''", other: 'null' },
  { type: 'date', value: '2024-02-29', other: "'2024-02-28'" },
  { type: 'time', value: "'10:20:30'", other: "'10:20:31'" },
  { type: 'timestamp', value: '2024-01-02 03:04:05', other: "'2024-01-02 03:04:05.000001'" },
  { type: 'timestamp with time zone', value: "'2024-01-02 03:04:05+02'", other: "'2024-01-02 03:04:05+00'" },
  { type: 'interval', value: '2 days', other: '3 days' },
  {
    type: 'uuid',
    value: 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
    other: 'b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11',
  },
] as const;

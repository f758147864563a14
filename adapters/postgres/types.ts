import type { ColumnKind } from '../../src/adapter/cell.ts';

/** A type of the server, as far as reading its values needs. */
export interface PostgresType {
  /** As `format_type` spells it, without sizes. */
  readonly name: string;
  readonly kind: ColumnKind;
  /** The type of an array's elements; null for every other type. */
  readonly element: PostgresType | null;
  /** What stands between an array's elements: `;` for boxes only. */
  readonly delimiter: string;
}

/** Asks the server for rows of one query. */
export type Ask = (sql: string) => Promise<readonly (readonly unknown[])[]>;

/** Types by OID: those built in, and those that the database defines, asked for once and kept. */
export class TypeBook {
  readonly #types = new Map<number, PostgresType>(builtIn);

  get(oid: number): PostgresType | undefined {
    return this.#types.get(oid);
  }

  /** Learns the types that are not known yet, elements of arrays included. */
  async learn(oids: readonly number[], ask: Ask): Promise<void> {
    const missing = [...new Set(oids)].filter((oid) => !this.#types.has(oid));
    if (missing.length === 0) return;
    const rows = await ask(
      `select t.oid::int8, pg_catalog.format_type(t.oid, null), t.typcategory::text, t.typdelim::text,
         coalesce((select e.oid::int8 from pg_catalog.pg_type e where e.typarray = t.oid), 0),
         case when t.typtype = 'd' then t.typbasetype::int8 else 0 end
       from pg_catalog.pg_type t where t.oid in (${missing.join(', ')})`,
    );
    const related = rows.flatMap((row) => [Number(row[4]), Number(row[5])]).filter((oid) => oid !== 0);
    await this.learn(related, ask);
    for (const [oid, name, category, delimiter, element, base] of rows) {
      const inner = this.#types.get(Number(element)) ?? null;
      const like = this.#types.get(Number(base));
      this.#types.set(Number(oid), {
        name: String(name),
        kind: like?.kind ?? (inner === null ? kindOfCategory(String(category)) : 'list'),
        element: like?.element ?? inner,
        delimiter: like?.delimiter ?? String(inner?.delimiter ?? delimiter),
      });
    }
    for (const oid of missing) if (!this.#types.has(oid)) this.#types.set(oid, unknownType);
  }
}

/** The type with its sizes, which the server packs into a modifier (-1 for none), as `format_type` prints it. */
export function typeText(oid: number, type: PostgresType, modifier: number): string {
  if (type.element !== null && type.name.endsWith('[]')) {
    const element = [...builtIn].find(([, one]) => one === type.element)?.[0] ?? 0;
    return `${typeText(element, type.element, modifier)}[]`;
  }
  if (modifier < 0) return type.name;
  switch (oid) {
    case oids.numeric: {
      const packed = modifier - 4;
      const scale = ((packed & 0x7ff) ^ 1024) - 1024;
      return `numeric(${(packed >> 16) & 0xffff},${scale})`;
    }
    case oids.varchar:
    case oids.bpchar:
      return `${type.name}(${modifier - 4})`;
    case oids.bit:
    case oids.varbit:
      return `${type.name}(${modifier})`;
    case oids.time:
    case oids.timetz:
    case oids.timestamp:
    case oids.timestamptz:
      return type.name.replace(' ', `(${modifier}) `);
    default:
      return type.name;
  }
}

/** How a kind of `pg_type.typcategory` is treated where we do not know the type itself. */
function kindOfCategory(category: string): ColumnKind {
  return category === 'E' || category === 'S' ? 'text' : 'other';
}

const oids = {
  bpchar: 1042,
  varchar: 1043,
  time: 1083,
  timestamp: 1114,
  timestamptz: 1184,
  timetz: 1266,
  bit: 1560,
  varbit: 1562,
  numeric: 1700,
} as const;

const plain = (name: string, kind: ColumnKind): PostgresType => ({
  name,
  kind,
  element: null,
  delimiter: ',',
});

/** Stands for a type that nobody has asked for. */
export const unknownType: PostgresType = plain('unknown', 'other');

/** OID of the type, OID of its array, spelling, kind: fixed in every server's catalog. */
const scalars: readonly (readonly [oid: number, array: number, name: string, kind: ColumnKind])[] = [
  [16, 1000, 'boolean', 'boolean'],
  [17, 1001, 'bytea', 'bytes'],
  [18, 1002, '"char"', 'text'],
  [19, 1003, 'name', 'text'],
  [20, 1016, 'bigint', 'integer'],
  [21, 1005, 'smallint', 'integer'],
  [23, 1007, 'integer', 'integer'],
  [25, 1009, 'text', 'text'],
  [26, 1028, 'oid', 'integer'],
  [114, 199, 'json', 'json'],
  [142, 143, 'xml', 'text'],
  [700, 1021, 'real', 'float'],
  [701, 1022, 'double precision', 'float'],
  [705, 0, 'unknown', 'text'],
  [790, 791, 'money', 'text'],
  [oids.bpchar, 1014, 'character', 'text'],
  [oids.varchar, 1015, 'character varying', 'text'],
  [1082, 1182, 'date', 'date'],
  [oids.time, 1183, 'time without time zone', 'time'],
  [oids.timestamp, 1115, 'timestamp without time zone', 'timestamp'],
  [oids.timestamptz, 1185, 'timestamp with time zone', 'timestamptz'],
  [1186, 1187, 'interval', 'interval'],
  [oids.timetz, 1270, 'time with time zone', 'time'],
  [oids.bit, 1561, 'bit', 'text'],
  [oids.varbit, 1563, 'bit varying', 'text'],
  [oids.numeric, 1231, 'numeric', 'decimal'],
  [2278, 0, 'void', 'other'],
  [2950, 2951, 'uuid', 'text'],
  [3802, 3807, 'jsonb', 'json'],
];

const builtIn: ReadonlyMap<number, PostgresType> = new Map(
  scalars.flatMap(([oid, array, name, kind]): [number, PostgresType][] => {
    const type = plain(name, kind);
    const list: PostgresType = { name: `${name}[]`, kind: 'list', element: type, delimiter: ',' };
    return array === 0
      ? [[oid, type]]
      : [
          [oid, type],
          [array, list],
        ];
  }),
);

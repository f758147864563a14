import type { AdapterFacts } from '../../src/adapter/facts.ts';
import type { Files, TestProject } from '../rig.ts';

/** One warehouse as the suite's tests see it: what it is like is data, so that no test asks for its name. */
export interface Warehouse {
  readonly name: string;
  readonly facts: AdapterFacts;
  /** A project of its own for one test, with a place of its own in the warehouse; both are gone after the test. */
  project(files?: Files): WarehouseProject;
  /** How it spells types in its catalog. */
  readonly types: Readonly<Record<TypeWord, string>>;
  /** A number that is not there before any test has ended. */
  readonly endless: string;
  /** A number that is there after a moment, in which another run can come along. */
  readonly slow: string;
  /** What the one who waits for a relation says of the run that works on it. */
  readonly lockHolder: RegExp;
  /** Begins a transaction that goes on seeing what its first statement saw. */
  readonly snapshot: string;
  /** Values of types that it alone has, in SQL, and what dbt makes of them in a template: as text, and in a list. */
  readonly ownValues: readonly (readonly [sql: string, printed: string, listed: string])[];
  /** Types of columns, and two different values of each as a unit test's rows have them, in YAML. */
  readonly fixtureValues: readonly {
    readonly type: string;
    readonly value: string;
    readonly other: string;
  }[];
  /** Everything that its driver is given to send, from now on until the test ends. */
  watch(): readonly string[];
  /** How many statements one more view takes, or table: the recipe's own, and what goes around them. */
  readonly statements: Readonly<Record<'view' | 'table', StatementCount>>;
  /** What the listing of a schema is known by. */
  readonly listing: RegExp;
  /** What it cannot do, and why. */
  readonly lacks: Readonly<Partial<Record<Ability, string>>>;
}

export interface StatementCount {
  readonly recipe: number;
  /** In a first run, and in one where everything stands. */
  readonly first: number;
  readonly again: number;
}

export type TypeWord =
  | 'integer'
  | 'bigint'
  | 'double'
  | 'text'
  | 'boolean'
  | 'date'
  | 'timestamp'
  | 'timestamptz'
  | 'time';

export type Ability =
  /** Accounts that own relations, and to which rights are granted. */
  | 'roles'
  /** Views hold on to the relations that they read, and to these relations' columns. */
  | 'bound views'
  /** Views that hold rows of their own. */
  | 'materialized views'
  /** Triggers and rules: what hangs on a relation beside views. */
  | 'attachments'
  /** Several processes work on one warehouse at once. */
  | 'processes'
  /** Whoever reads a relation keeps it from being dropped meanwhile. */
  | 'reader locks'
  /** Text types of limited length. */
  | 'sized text'
  /** Models whose rows are in a file. */
  | 'files';

/** A project, and its warehouse as everybody else sees it: through the engine's own driver, not through our adapter. */
export interface WarehouseProject extends TestProject {
  readonly database: string;
  /** The schema that the target builds into. */
  readonly schema: string;
  /** Rows of one statement, sent by a client of its own. No process may have the warehouse for itself meanwhile. */
  rows(sql: string): Promise<Rows>;
  /** A client that stays: its transactions and locks last until it is closed, which the end of the test does. */
  client(): Promise<Client>;
  /** Every relation of the target's schemas, staging ones included: `a table`, `raw.b view` for schema `<target>_raw`. */
  relations(): Promise<readonly string[]>;
  /** Columns of a relation in the target's schema, in their order: `id integer`. */
  columns(relation: string): Promise<readonly string[]>;
  /** Takes everything away that was made in the warehouse. */
  clear(): Promise<void>;
  /** Statements that the warehouse works on for this project's runs. */
  running(): Promise<number>;
}

export interface Client {
  /** Names without a schema are looked for in the target's. */
  rows(sql: string): Promise<Rows>;
  close(): Promise<void>;
}

/** Numbers of every type are numbers where that loses nothing but zeros, all else is the engine's text. */
export type Rows = readonly (readonly (null | boolean | number | string)[])[];

/** A number's text as a number; as text where a number would lose digits. */
export function plainNumber(text: string): number | string {
  const digits = text.replace(/[^0-9]/g, '').replace(/^0+/, '').length;
  return digits > 15 ? text : Number(text);
}

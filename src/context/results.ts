import { HOST, type HostType } from '../jinja/host.ts';
import { str } from '../jinja/text.ts';
import { type Callable, hostFunction, PyDict, tuple, type Value } from '../jinja/values.ts';
import { raiseDiagnostic, resultGiven } from './errors.ts';

/** A stored result of a statement: `response`, `data` (rows as tuples) and `table`; `status` is the response's text. */
export class StoredResult {
  readonly response: Value;
  readonly data: Value;
  readonly table: Value;

  constructor(response: Value, data: Value, table: Value) {
    this.response = response;
    this.data = data;
    this.table = table;
  }

  get [HOST](): HostType<StoredResult> {
    return storedResultType;
  }
}

/** dbt's keys; `status` is an attribute that older macros ask for. */
const members = ['response', 'data', 'table'] as const;

const storedResultType: HostType<StoredResult> = {
  typeName: 'AttrDict',
  attr: (self, name) => member(self, name) ?? dictMethod(self, name),
  attrNames: () => [...members, 'status'],
  item: (self, key) => member(self, str(key)),
  isMapping: true,
  iterate: () => [...members],
  length: () => members.length,
  contains: (_self, item) => members.includes(str(item) as (typeof members)[number]),
};

/** Macros ask for `keys()` to tell the versions of dbt apart. */
function dictMethod(self: StoredResult, name: string): Value | undefined {
  const values = (): Value[] => members.map((key) => member(self, key)!);
  switch (name) {
    case 'keys':
      return hostFunction('keys', [], () => [...members]);
    case 'values':
      return hostFunction('values', [], values);
    case 'items':
      return hostFunction('items', [], () => members.map((key) => tuple(key, member(self, key)!)));
    case 'get':
      return hostFunction(
        'get',
        ['key', ['default', null]],
        (key, fallback) => member(self, str(key!)) ?? fallback!,
      );
    default:
      return undefined;
  }
}

function member(self: StoredResult, name: string): Value | undefined {
  switch (name) {
    case 'response':
      return self.response;
    case 'data':
      return self.data;
    case 'table':
      return self.table;
    case 'status':
      return str(self.response);
    default:
      return undefined;
  }
}

export interface ResultFunctions {
  readonly loadResult: Callable;
  readonly storeResult: Callable;
  readonly storeRawResult: Callable;
  /** The result stored under a name, if any: the recipe's main statement is found so. */
  find(name: string): StoredResult | undefined;
}

/**
 * `load_result`, `store_result` and `store_raw_result` of one node; a name may be stored again. As in dbt a result is
 * given once, but for that of the main statement.
 */
export function resultFunctions(emptyTable: () => Value, rowsOf: (table: Value) => Value): ResultFunctions {
  const stored = new Map<string, StoredResult>();
  const given = new Set<StoredResult>();
  return {
    find: (name) => stored.get(name),
    loadResult: hostFunction('load_result', ['name'], (of) => {
      const name = str(of!);
      const result = stored.get(name);
      if (result === undefined) return null;
      if (given.has(result)) raiseDiagnostic(resultGiven(name));
      if (name !== 'main') given.add(result);
      return result as unknown as Value;
    }),
    storeResult: hostFunction(
      'store_result',
      ['name', 'response', ['agate_table', null]],
      (name, response, table) => {
        const shown = table === null ? emptyTable() : table!;
        stored.set(str(name!), new StoredResult(response!, rowsOf(shown), shown));
        return '';
      },
    ),
    storeRawResult: hostFunction(
      'store_raw_result',
      ['name', ['message', ''], ['code', null], ['rows_affected', null], ['agate_table', null]],
      (name, message, code, rowsAffected, table) => {
        const response = new AdapterResponse({
          _message: message!,
          code: code!,
          rows_affected: rowsAffected!,
        });
        const shown = table === null ? emptyTable() : table!;
        stored.set(str(name!), new StoredResult(response as unknown as Value, rowsOf(shown), shown));
        return '';
      },
    ),
  };
}

/** What a statement's response looks like to templates: prints its message, has its fields. */
export class AdapterResponse {
  readonly fields: Readonly<Record<string, Value>>;

  constructor(fields: Readonly<Record<string, Value>>) {
    this.fields = fields;
  }

  get [HOST](): HostType<AdapterResponse> {
    return adapterResponseType;
  }
}

/** What every response of dbt's adapters has, if nothing. */
const responseFields: ReadonlySet<string> = new Set(['_message', 'code', 'rows_affected', 'query_id']);

function responseField({ fields }: AdapterResponse, name: string): Value | undefined {
  if (Object.hasOwn(fields, name)) return fields[name];
  return responseFields.has(name) ? null : undefined;
}

const adapterResponseType: HostType<AdapterResponse> = {
  typeName: 'AdapterResponse',
  attr: (self, name) => {
    if (name === 'to_dict') return hostFunction('to_dict', [], () => PyDict.fromRecord({ ...self.fields }));
    return responseField(self, name);
  },
  item: (self, key) => responseField(self, str(key)),
  str: (self) => str(self.fields['_message'] ?? ''),
};

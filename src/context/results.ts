import { HOST, type HostType } from '../jinja/host.ts';
import { raise } from '../jinja/py-error.ts';
import { str } from '../jinja/text.ts';
import { type Callable, hostFunction, PyDict, type Value } from '../jinja/values.ts';

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

const members = ['response', 'data', 'table', 'status'] as const;

const storedResultType: HostType<StoredResult> = {
  typeName: 'ResultSet',
  attr: (self, name) => member(self, name),
  attrNames: () => members,
  item: (self, key) => member(self, str(key)),
  isMapping: true,
  iterate: () => [...members],
  length: () => members.length,
  contains: (_self, item) => members.includes(str(item) as (typeof members)[number]),
};

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

/** `load_result`, `store_result` and `store_raw_result` of one node; a name may be stored again. */
export function resultFunctions(emptyTable: () => Value, rowsOf: (table: Value) => Value): ResultFunctions {
  const stored = new Map<string, StoredResult>();
  return {
    find: (name) => stored.get(name),
    loadResult: hostFunction(
      'load_result',
      ['name'],
      (name) => (stored.get(str(name!)) ?? null) as unknown as Value,
    ),
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

const adapterResponseType: HostType<AdapterResponse> = {
  typeName: 'AdapterResponse',
  attr: (self, name) => {
    if (name === 'to_dict') return hostFunction('to_dict', [], () => PyDict.fromRecord({ ...self.fields }));
    return Object.hasOwn(self.fields, name) ? self.fields[name] : undefined;
  },
  item: (self, key) => self.fields[str(key)] ?? raise('KeyError', str(key)),
  str: (self) => str(self.fields['_message'] ?? ''),
};

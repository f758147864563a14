import { raise } from '../../jinja/py-error.ts';
import { str } from '../../jinja/text.ts';
import { PyDict, type Value } from '../../jinja/values.ts';
import { Table } from '../table/table.ts';

/** Who has which privilege, by privilege, from a table with the columns `grantee` and `privilege_type`. */
export function grantsByPrivilege(table: Value): Value {
  if (!((table as unknown) instanceof Table)) {
    return raise('TypeError', 'adapter.standardize_grants_dict() takes the table of a query');
  }
  const { names, rows } = (table as unknown as Table).data;
  const [grantee, privilege] = [names.indexOf('grantee'), names.indexOf('privilege_type')];
  if (grantee < 0 || privilege < 0) raise('KeyError', grantee < 0 ? 'grantee' : 'privilege_type');
  const out = new Map<string, Value[]>();
  for (const row of rows) {
    const key = str(row[privilege]!);
    const grantees = out.get(key) ?? [];
    grantees.push(row[grantee]!);
    out.set(key, grantees);
  }
  return PyDict.fromEntries([...out]);
}

import { DiagnosticError, error } from '../../core/diagnostic.ts';

/** A member of agate's tables that templates had in dbt and do not have here. */
export function tableWithout(method: string): never {
  throw new DiagnosticError(
    error({
      code: 'table-method-missing',
      message: `tables of sluice do not have ${method}()`,
      hint: 'compute it in SQL, or loop over table.rows and table.columns',
    }),
  );
}

export function tableToFile(method: string): never {
  throw new DiagnosticError(
    error({
      code: 'table-to-file',
      message: `table.${method}() would write a file, which templates cannot do in sluice`,
      hint: method === 'to_csv' ? 'print_csv() prints it' : 'print_json() prints it',
    }),
  );
}

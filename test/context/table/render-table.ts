import type { StatementResult } from '../../../src/adapter/cell.ts';
import { tableFromResult } from '../../../src/context/table/from-result.ts';
import type { Table } from '../../../src/context/table/table.ts';
import type { Event } from '../../../src/core/event.ts';
import { render } from '../../../src/jinja/driver.ts';
import { createEnvironment } from '../../../src/jinja/environment.ts';
import { parseTemplate } from '../../../src/jinja/template.ts';
import type { Value } from '../../../src/jinja/values.ts';
import { duckdbLike } from '../sample-facts.ts';

/** A table, and what was printed by it. */
export interface Printed {
  readonly table: Table;
  readonly printed: string[];
}

export function tableOfResult(result: Omit<StatementResult, 'response'>, facts = duckdbLike): Printed {
  const printed: string[] = [];
  const emit = (event: Event): void => {
    if (event.name === 'template-print') printed.push(event.text);
  };
  return { table: tableFromResult({ ...result, response: {} }, { emit, facts }), printed };
}

/** What a template prints with the given names. */
export async function rendered(text: string, names: Readonly<Record<string, Value>>): Promise<string> {
  const template = parseTemplate({ path: 'test.sql', text });
  const environment = createEnvironment({
    undefinedPolicy: 'execute',
    names: new Map(Object.entries(names)),
  });
  return render(template, environment);
}

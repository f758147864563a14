import { decimal } from '../../../src/context/decimal.ts';
import { createModules } from '../../../src/context/modules/index.ts';
import { str } from '../../../src/jinja/text.ts';
import { hostFunction, type Value } from '../../../src/jinja/values.ts';
import { type PythonCase, pythonTable as table } from '../../jinja/python-table.ts';

/** 2024-05-06 07:08:09.123 UTC. */
export const startedAt = Date.UTC(2024, 4, 6, 7, 8, 9, 123);

/** The names that the tables use: `modules`, and `D` for a decimal. */
export const moduleNames: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['modules', createModules({ startedAt, now: () => startedAt }, () => {})],
  ['D', hostFunction('D', ['text'], (text) => decimal(str(text!)))],
]);

export function pythonTable(cases: readonly PythonCase[]): void {
  table(cases, moduleNames);
}

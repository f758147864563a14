import { renderSync } from '../../src/jinja/driver.ts';
import { createEnvironment } from '../../src/jinja/environment.ts';
import { parseTemplate, type Template } from '../../src/jinja/template.ts';
import { callable, hostFunction, type Value } from '../../src/jinja/values.ts';

/** The part of dbt's context that the model of the benchmark uses. */
export function contextOf(): ReadonlyMap<string, Value> {
  return new Map<string, Value>([
    ['config', callable('config', () => '')],
    ['ref', hostFunction('ref', ['name'], (name) => `"db"."main"."${name}"`)],
    ['source', hostFunction('source', ['name', 'table'], (name, table) => `"db"."${name}"."${table}"`)],
    ['var', hostFunction('var', ['name', ['default', null]], (_name, fallback = null) => fallback)],
    ['is_incremental', callable('is_incremental', () => true)],
    ['this', '"db"."main"."orders"'],
  ]);
}

export function parse(text: string): Template {
  return parseTemplate({ path: 'models/orders.sql', text });
}

export function renderOnly(template: Template, names: ReadonlyMap<string, Value>): string {
  return renderSync(template, createEnvironment({ undefinedPolicy: 'execute', names }));
}

export function parseAndRender(text: string, names: ReadonlyMap<string, Value>): string {
  return renderOnly(parse(text), names);
}

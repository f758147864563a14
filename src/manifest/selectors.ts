import type { Environment } from '../jinja/environment.ts';
import { readYaml } from '../project/yaml/read-yaml.ts';
import type { ParseState } from './parse-state.ts';
import { propertyInvalid } from './properties/errors.ts';
import { renderValue, valueEnvironment } from './properties/render-values.ts';
import { isRecord, mapScalars, own } from './record.ts';
import { catchTemplate } from './template-failures.ts';

/** The definitions of `selectors.yml` by name, rendered; what they select is worked out when one is used. */
export function readSelectors({ project, services, reads, found }: ParseState): ReadonlyMap<string, unknown> {
  const out = new Map<string, unknown>();
  const file = project.selectorsFile;
  if (file === null) return out;
  const data = catchTemplate(found, () => readYaml(file.text, file.path).data);
  if (data === undefined || data === null) return out;
  const span = { file: file.path, text: file.text, start: 0, end: 1 };
  const list = isRecord(data) ? own(data, 'selectors') : undefined;
  if (!Array.isArray(list)) {
    found.add(propertyInvalid(file.path, "it must be a mapping with a list 'selectors'", span));
    return out;
  }
  const environment = valueEnvironment(services, project.root.name, reads.whole('selectors.yml'));
  for (const written of list) {
    const selector = catchTemplate(found, () => rendered(written, file.path, environment)) ?? written;
    const name = isRecord(selector) ? own(selector, 'name') : undefined;
    if (typeof name !== 'string') found.add(propertyInvalid(file.path, 'a selector needs a name', span));
    else if (out.has(name)) found.add(propertyInvalid(file.path, `two selectors are named '${name}'`, span));
    else out.set(name, selector);
  }
  return out;
}

function rendered(data: unknown, path: string, environment: Environment): unknown {
  return mapScalars(data, (scalar) =>
    typeof scalar === 'string' ? (renderValue(scalar, path, environment) ?? null) : scalar,
  );
}

import type { Diagnostics } from '../core/diagnostic.ts';
import type { Project } from '../project/project.ts';
import { readYaml } from '../project/yaml/read-yaml.ts';
import { propertyInvalid } from './properties/errors.ts';
import { isRecord, own } from './record.ts';
import { catchTemplate } from './template-failures.ts';

/** The definitions of `selectors.yml` by name, as they are written; what they select is worked out when one is used. */
export function readSelectors(project: Project, found: Diagnostics): ReadonlyMap<string, unknown> {
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
  for (const selector of list) {
    const name = isRecord(selector) ? own(selector, 'name') : undefined;
    if (typeof name !== 'string') found.add(propertyInvalid(file.path, 'a selector needs a name', span));
    else if (out.has(name)) found.add(propertyInvalid(file.path, `two selectors are named '${name}'`, span));
    else out.set(name, selector);
  }
  return out;
}

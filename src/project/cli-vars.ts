import { DiagnosticError } from '../core/diagnostic.ts';
import { varsNotMapping } from './errors.ts';
import { isMapping, recordOf } from './yaml/mapping.ts';
import { readYaml } from './yaml/read-yaml.ts';

/**
 * The text of `--vars`, YAML, as data by name; throws DiagnosticError where it is no YAML, or no mapping. Values are
 * what `readYaml` makes of them.
 */
export function parseCliVars(text: string): Readonly<Record<string, unknown>> {
  const { data } = readYaml(text, '--vars', { family: 'Usage Error', keepEnd: true });
  if (!isMapping(data)) throw new DiagnosticError(varsNotMapping(text));
  return recordOf(data);
}

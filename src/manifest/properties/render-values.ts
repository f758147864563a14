import { yamlEnvironment } from '../../context/parse-names.ts';
import { toPlain } from '../../context/plain.ts';
import type { Reads } from '../../context/reads.ts';
import type { ContextServices } from '../../context/services.ts';
import type { Diagnostics } from '../../core/diagnostic.ts';
import type { Environment } from '../../jinja/environment.ts';
import { TemplateError, TemplateSyntaxError, toDiagnostic } from '../../jinja/errors.ts';
import { renderNative } from '../../jinja/native.ts';
import { parseTemplate } from '../../jinja/template.ts';
import { PyDict, Undefined } from '../../jinja/values.ts';
import { withoutLastNewline } from '../../project/render-tree.ts';
import { hasTemplate } from '../descriptions.ts';
import { isRecord, mapScalars } from '../record.ts';
import { type PropertiesEntry, placeIn } from './entry.ts';

type Path = readonly (string | number)[];

/** The context of the values in one properties file: variables, environment, target. */
export function valueEnvironment(
  services: ContextServices,
  packageName: string,
  reads: Reads | null,
): Environment {
  return yamlEnvironment(services, { packageName, reads, allowSecrets: false });
}

/**
 * One value of a YAML file, rendered to whatever type it gives; undefined where that is a name that is not there.
 * Throws what the template throws.
 */
export function renderValue(text: string, path: string, environment: Environment): unknown {
  if (!hasTemplate(text)) return withoutLastNewline(text);
  const value = renderNative(parseTemplate({ path, text }), environment);
  return value instanceof Undefined ? undefined : toPlain(value);
}

/** True where some text in the data is another value after `renderValue`. */
export function changesByRendering(data: unknown): boolean {
  if (typeof data === 'string') return data.endsWith('\n') || hasTemplate(data);
  if (Array.isArray(data)) return data.some(changesByRendering);
  if (data instanceof PyDict) return data.entries().some(([, value]) => changesByRendering(value));
  if (!isRecord(data)) return false;
  for (const key in data) if (changesByRendering(data[key])) return true;
  return false;
}

/**
 * The values of an entry with their templates rendered. Descriptions, tests and hooks stay as they are written: they
 * are rendered where they are used.
 */
export function renderEntryValues(
  entry: Pick<PropertiesEntry, 'file' | 'shown' | 'section' | 'index'>,
  data: unknown,
  environment: Environment,
  found: Diagnostics,
): unknown {
  return mapScalars(data, (scalar, path) => {
    if (typeof scalar !== 'string' || !changesByRendering(scalar) || !isRendered(entry.section, path))
      return scalar;
    try {
      return renderValue(scalar, entry.shown, environment) ?? null;
    } catch (thrown) {
      if (!(thrown instanceof TemplateError || thrown instanceof TemplateSyntaxError)) throw thrown;
      found.add({ ...toDiagnostic(thrown), span: placeIn(entry, path, 'value') });
      return scalar;
    }
  });
}

const late: ReadonlySet<unknown> = new Set(['tests', 'data_tests', 'description', 'loaded_at_query']);
const lateInConfig: ReadonlySet<unknown> = new Set(['pre_hook', 'post_hook', 'loaded_at_query']);
const lateInParts: ReadonlySet<unknown> = new Set(['tests', 'data_tests', 'description']);
const parts: ReadonlySet<unknown> = new Set(['columns', 'dimensions', 'measures', 'entities']);

function isRendered(section: string, path: Path): boolean {
  const [first, second] = path;
  if (section === 'sources') {
    if (first === 'description' || first === 'loaded_at_query') return false;
    if (first === 'config' && second === 'loaded_at_query') return false;
    return first !== 'tables' || !isLate(path.slice(2));
  }
  if (section === 'macros' && first === 'arguments') return !isLate(path.slice(1));
  if (section === 'metrics' && (path.at(-1) === 'filter' || path.at(-2) === 'filter')) return false;
  if (section === 'saved_queries' && first === 'query_params' && second === 'where') return false;
  return !isLate(path);
}

function isLate(path: Path): boolean {
  const [first, second, third] = path;
  if (late.has(first)) return true;
  if (path.length === 2 && late.has(second)) return true;
  if (first === 'config' && lateInConfig.has(second)) return true;
  if (path.length === 5 && path[4] === 'description') return true;
  return parts.has(first) && lateInParts.has(third);
}

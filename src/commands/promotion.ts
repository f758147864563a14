import type { Diagnostic } from '../core/diagnostic.ts';
import type { ProjectOptions } from './options.ts';

/**
 * Which warnings are errors: all under `warnError`; under `strict` deprecations and what dbt tolerates; else those
 * that `warnErrorOptions` names (`error`, `all` among them) without those that it excepts (`warn`, `silence`).
 */
export function promotionOf(options: ProjectOptions): (diagnostic: Diagnostic) => boolean {
  if (options.warnError === true) return () => true;
  const {
    error = [],
    include = error,
    warn = [],
    exclude = warn,
    silence = [],
  } = (options.warnErrorOptions ?? {}) as Readonly<Record<string, unknown>>;
  const promoted = namesOf(include);
  const kept = new Set([...namesOf(exclude), ...namesOf(silence)]);
  const everything = promoted.has('all') || promoted.has('*');
  return ({ event, code }) => {
    const name = event ?? code;
    if (kept.has(name)) return false;
    if (everything || promoted.has(name)) return true;
    const deprecated = name.endsWith('Deprecation');
    if (deprecated && promoted.has('Deprecations')) return true;
    return options.strict === true && !harmless.has(name);
  };
}

/** Warnings of what the user asked for or says himself: no form that dbt merely tolerates. */
const harmless: ReadonlySet<string> = new Set(['NoNodesForSelectionCriteria', 'JinjaLogWarning']);

function namesOf(value: unknown): Set<string> {
  if (typeof value === 'string') return new Set([value]);
  return new Set(Array.isArray(value) ? value.map(String) : []);
}

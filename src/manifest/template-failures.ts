import { DiagnosticError, type Diagnostics } from '../core/diagnostic.ts';
import { TemplateError, TemplateSyntaxError, toDiagnostic } from '../jinja/errors.ts';

/** Runs `work`; a template's or user's mistake in it is collected and undefined returned. Bugs pass through. */
export function catchTemplate<T>(found: Diagnostics, work: () => T): T | undefined {
  try {
    return work();
  } catch (thrown) {
    if (thrown instanceof DiagnosticError) for (const diagnostic of thrown.diagnostics) found.add(diagnostic);
    else if (thrown instanceof TemplateError || thrown instanceof TemplateSyntaxError)
      found.add(toDiagnostic(thrown));
    else throw thrown;
    return undefined;
  }
}

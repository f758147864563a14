import { DiagnosticError } from '../../core/diagnostic.ts';
import { configTypeMismatch } from '../errors.ts';
import type { Hook } from '../node.ts';
import { isRecord, listOf, own, type PlainRecord } from '../record.ts';

/** The hooks of a configuration key, however they were written: text, mapping, JSON text, or a list of these. */
export function hooksOf(value: unknown): readonly Hook[] {
  return listOf(value).map(hookOf);
}

function hookOf(value: unknown): Hook {
  const record = isRecord(value) ? value : typeof value === 'string' ? hookOfText(value) : null;
  const sql = record === null ? undefined : own(record, 'sql');
  if (record === null || typeof sql !== 'string') {
    throw new DiagnosticError(configTypeMismatch('hook', 'a text, or a mapping with sql', value));
  }
  const index = own(record, 'index');
  return {
    sql,
    transaction: (own(record, 'transaction') ?? true) === true,
    index: typeof index === 'number' ? index : null,
  };
}

/** A text that is a JSON object is that mapping: macros such as `after_commit(...)` give hooks in this form. */
function hookOfText(text: string): PlainRecord {
  if (text.trimStart().startsWith('{')) {
    try {
      const parsed: unknown = JSON.parse(text);
      if (isRecord(parsed)) return parsed;
    } catch {
      // SQL that merely starts with a brace (a template) is the hook's statement.
    }
  }
  return { sql: text };
}

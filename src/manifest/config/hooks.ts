import type { Hook } from '../node.ts';
import { isRecord, listOf, type PlainRecord } from '../record.ts';
import { configTypeMismatch } from './errors.ts';
import type { Report } from './merge.ts';

/**
 * The hooks of a configuration key, however they were written: text, mapping, JSON text, or a list of these. What is
 * none of them is told and left out.
 */
export function hooksOf(key: string, value: unknown, report: Report): readonly Hook[] {
  const out: Hook[] = [];
  for (const one of listOf(value)) {
    const record = isRecord(one) ? one : typeof one === 'string' ? hookOfText(one) : {};
    const { sql, transaction = true, index } = record;
    if (typeof sql !== 'string') report(configTypeMismatch(key, 'a text, or a mapping with sql', one), key);
    else
      out.push({ sql, transaction: transaction === true, index: typeof index === 'number' ? index : null });
  }
  return out;
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

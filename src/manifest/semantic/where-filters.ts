import type { WhereFilters } from './parts.ts';

/** A filter as properties write it, a text or a list of texts, in the shape of the manifest. */
export function whereFilters(value: unknown): WhereFilters | null {
  if (value === undefined || value === null) return null;
  const texts = (Array.isArray(value) ? value : [value]) as readonly string[];
  return { where_filters: texts.map((text) => ({ where_sql_template: text })) };
}

/** Deprecations of dbt's whose event does not say so in its name. Source: events with a code D… of dbt-core 1.11.16. */
const unnamed: ReadonlySet<string> = new Set([
  'AdapterDeprecationWarning',
  'CollectFreshnessReturnSignature',
  'EnvironmentVariableRenamed',
  'GetMetaKeyWarning',
  'MetricAttributesRenamed',
  'SourceFreshnessProjectHooksNotRun',
]);

/** Whether a warning's event is one of what dbt calls deprecations: told once per kind, counted, raised as a group. */
export function isDeprecation(event: string): boolean {
  // A reference to a model that will be deprecated is news about the model.
  if (event === 'UpcomingReferenceDeprecation') return false;
  return event.endsWith('Deprecation') || unnamed.has(event);
}

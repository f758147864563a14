import { type Diagnostic, warning } from '../core/diagnostic.ts';
import type { AnyNode } from '../manifest/node.ts';

/** What dbt acts on and what has no effect here yet, one warning for each kind: configuration, unit tests. */
export function unappliedConfigs(nodes: readonly AnyNode[], queryComment: unknown): readonly Diagnostic[] {
  const out: Diagnostic[] = [];
  const granted = nodes.filter(({ config }) => Object.keys(config['grants'] ?? {}).length > 0);
  if (granted.length > 0) {
    const names = granted.slice(0, 3).map((node) => `'${node.name}'`);
    const more = granted.length > names.length ? ` and ${granted.length - names.length} more` : '';
    out.push(
      warning({
        code: 'config-without-effect',
        message: `grants have no effect yet: ${names.join(', ')}${more} configure them`,
        hint: 'grant by a post-hook until then',
      }),
    );
  }
  const unitTests = nodes.filter((node) => node.resource_type === 'unit_test');
  if (unitTests.length > 0) {
    const count = unitTests.length === 1 ? 'one unit test is' : `${unitTests.length} unit tests are`;
    out.push(
      warning({
        code: 'unit-tests-not-run',
        message: `unit tests are not run yet: ${count} passed over`,
        hint: 'nothing is said about what they would find',
      }),
    );
  }
  if (queryComment !== undefined && queryComment !== null && queryComment !== '') {
    out.push(
      warning({
        code: 'config-without-effect',
        message: 'query-comment of the project file has no effect yet: statements are sent without a comment',
      }),
    );
  }
  return out;
}

import { fromPlain } from '../../context/plain.ts';
import { repr } from '../../jinja/text.ts';
import { sha256 } from '../../project/checksum.ts';
import type { UnitTestFixture, UnitTestNode } from '../node.ts';

type Checked = Pick<UnitTestNode, 'model' | 'versions' | 'given' | 'expect' | 'overrides'>;

/** dbt's checksum of a unit test: of its parts as Python prints the objects for them, and rows of fixtures again. */
export function unitTestChecksum({ model, versions, given, expect, overrides }: Checked): string {
  const inputs = given.map((one) => `UnitTestInputFixture(input=${text(one.input)}, ${fixtureFields(one)})`);
  const parts = [
    model,
    versions === null
      ? 'None'
      : `UnitTestNodeVersions(include=${text(versions.include)}, exclude=${text(versions.exclude)})`,
    `[${inputs.join(', ')}]`,
    `UnitTestOutputFixture(${fixtureFields(expect)})`,
    overrides === null
      ? 'None'
      : `UnitTestOverrides(macros=${text(overrides.macros)}, vars=${text(overrides.vars)}, env_vars=${text(overrides.env_vars)})`,
  ];
  const files = given.filter(({ fixture }) => fixture).map(({ rows }) => plainText(rows));
  return sha256([...parts, ...files].join('-'));
}

const formatNames = { dict: 'Dict', csv: 'CSV', sql: 'SQL' } as const;

function fixtureFields({ rows, format, fixture }: UnitTestFixture): string {
  const shown = `<UnitTestFormat.${formatNames[format]}: '${format}'>`;
  return `rows=${text(rows)}, format=${shown}, fixture=${text(fixture)}`;
}

const text = (value: unknown): string => repr(fromPlain(value));
const plainText = (value: unknown): string => (typeof value === 'string' ? value : text(value));

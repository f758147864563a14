import { createHash } from 'node:crypto';
import { dbtVersion } from '../core/version.ts';

/** What is known of an invocation when artifacts are written. */
export interface ArtifactContext {
  readonly invocationId: string;
  /** Milliseconds since 1970 UTC. */
  readonly invocationStartedAt: number;
  /** Milliseconds since 1970 UTC. */
  readonly generatedAt: number;
  readonly env: ReadonlyMap<string, string>;
}

/** Keys of the `metadata` object that all four artifacts have. */
export interface ArtifactMetadata {
  readonly dbt_schema_version: string;
  readonly dbt_version: string;
  readonly generated_at: string;
  readonly invocation_id: string;
  readonly invocation_started_at: string;
  readonly env: Readonly<Record<string, string>>;
}

export type ArtifactKind = 'manifest/v12' | 'run-results/v6' | 'catalog/v1' | 'sources/v3';

const customPrefix = 'DBT_ENV_CUSTOM_ENV_';

export function artifactMetadata(kind: ArtifactKind, context: ArtifactContext): ArtifactMetadata {
  return {
    dbt_schema_version: `https://schemas.getdbt.com/dbt/${kind}.json`,
    dbt_version: dbtVersion,
    generated_at: timestamp(context.generatedAt),
    invocation_id: context.invocationId,
    invocation_started_at: timestamp(context.invocationStartedAt),
    env: customEnvironment(context.env),
  };
}

/** dbt's `env`: variables named `DBT_ENV_CUSTOM_ENV_*`, without that prefix. */
export function customEnvironment(env: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  const out: Record<string, string> = {};
  for (const [name, value] of env) {
    if (name.startsWith(customPrefix)) out[name.slice(customPrefix.length)] = value;
  }
  return out;
}

/** `2026-11-21T15:12:06.032000Z`: UTC with the six digits that readers of dbt's artifacts expect. */
export function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000Z');
}

/** dbt's id of a project: a hash of its name, so that two clones are the same project. */
export function projectId(name: string): string {
  return createHash('md5').update(name, 'utf8').digest('hex');
}

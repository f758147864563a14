import type { SecretMask } from '../core/secret.ts';
import { str } from '../jinja/text.ts';
import { type Callable, hostFunction } from '../jinja/values.ts';
import {
  environmentVariableMissing,
  environmentVariableRestricted,
  raiseDiagnostic,
  secretNotAllowed,
} from './errors.ts';
import type { Reads } from './reads.ts';

const secretPrefixes = ['DBT_ENV_SECRET', 'DBT_ENGINE_SECRET'];

export interface EnvVarOptions {
  readonly env: ReadonlyMap<string, string>;
  readonly reads: Reads | null;
  /** Profiles and package files only; every other template is refused. */
  readonly allowSecrets: boolean;
  /** The only ones that may be read; null where all may. */
  readonly allowed: ReadonlySet<string> | null;
  /** Told every secret that was read, so that it is masked from then on. */
  readonly secrets: SecretMask;
}

/** `env_var(name, default)`: the variable's text, or the default as it is; None is no default. */
export function envVarFunction(options: EnvVarOptions): Callable {
  const { env, reads, secrets } = options;
  return hostFunction('env_var', ['var', ['default', null]], (nameValue, fallback) => {
    const name = str(nameValue!);
    const secret = secretPrefixes.some((prefix) => name.startsWith(prefix));
    if (options.allowed?.has(name) === false) raiseDiagnostic(environmentVariableRestricted(name));
    if (secret && !options.allowSecrets) raiseDiagnostic(secretNotAllowed(name));
    const value = env.get(name);
    reads?.environment(name);
    if (value !== undefined) {
      if (secret) secrets.add(value);
      return value;
    }
    if (fallback === null) raiseDiagnostic(environmentVariableMissing(name, env.keys()));
    return fallback!;
  });
}

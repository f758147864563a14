import type { SecretMask } from '../core/secret.ts';
import { str } from '../jinja/text.ts';
import { type Callable, hostFunction, type Value } from '../jinja/values.ts';
import { environmentVariableMissing, raiseDiagnostic, secretNotAllowed } from './errors.ts';
import type { Reads } from './reads.ts';

const secretPrefixes = ['DBT_ENV_SECRET', 'DBT_ENGINE_SECRET'];

export interface EnvVarOptions {
  readonly env: ReadonlyMap<string, string>;
  readonly reads: Reads | null;
  /** Profiles and package files only; every other template is refused. */
  readonly allowSecrets: boolean;
  /** Told every secret that was read, so that it is masked from then on. */
  readonly secrets: SecretMask;
}

const unset = Symbol('unset');

/** `env_var(name, default)`: text always, as in dbt; a default is turned into text. */
export function envVarFunction(options: EnvVarOptions): Callable {
  const { env, reads, secrets } = options;
  return hostFunction('env_var', ['var', ['default', unset as unknown as Value]], (nameValue, fallback) => {
    const name = str(nameValue!);
    const secret = secretPrefixes.some((prefix) => name.startsWith(prefix));
    if (secret && !options.allowSecrets) raiseDiagnostic(secretNotAllowed(name));
    const value = env.get(name);
    reads?.environment(name, secret ? '' : (value ?? null));
    if (value !== undefined) {
      if (secret) secrets.add(value);
      return value;
    }
    if ((fallback as unknown) === unset) raiseDiagnostic(environmentVariableMissing(name, env.keys()));
    return fallback === null ? 'None' : str(fallback!);
  });
}

import { mask } from '../core/secret.ts';

const isSecret = (name: string): boolean => name.startsWith('DBT_ENV_SECRET');

/** The names of those variables of `--vars` that are secret. */
export const secretVars = (vars: Readonly<Record<string, unknown>>): readonly string[] =>
  Object.keys(vars).filter(isSecret);

/** Variables as they may be written to files: the texts of secret ones are masked in all of them, as in dbt. */
export function maskedVars(vars: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (secretVars(vars).length === 0) return vars;
  const masked = masking(vars);
  return Object.fromEntries(
    Object.entries(vars).map(([name, value]) => [name, isSecret(name) ? mask : masked(value)]),
  );
}

/** Settings under dbt's names as they may be written to files: `vars` and the command line are masked. */
export function maskedArgs(args: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { vars, invocation_command: command } = args;
  if (typeof vars !== 'object' || vars === null) return args;
  const given = vars as Readonly<Record<string, unknown>>;
  if (secretVars(given).length === 0) return args;
  const told = command === undefined ? {} : { invocation_command: masking(given)(command) };
  return { ...args, vars: maskedVars(given), ...told };
}

function masking(vars: Readonly<Record<string, unknown>>): (value: unknown) => unknown {
  const texts = secretVars(vars).flatMap((name) => {
    const text = String(vars[name]);
    return text.trim() === '' ? [] : [text];
  });
  return (value) =>
    typeof value === 'string' ? texts.reduce((out, text) => out.replaceAll(text, mask), value) : value;
}

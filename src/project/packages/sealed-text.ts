import { SecretMask } from '../../core/secret.ts';

const secretNames = /^DBT_(?:ENV|ENGINE)_SECRET/;
const seal = /\$\$\$SECRET:([^$]*)\$\$\$/g;

/**
 * The environment for templates of package files: a secret's value is replaced by a seal that names it. A template
 * can put the seal somewhere, and cannot look at, cut or change what it stands for.
 */
export function sealedEnvironment(env: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map(
    [...env].map(([name, value]) => [name, secretNames.test(name) ? `$$$SECRET:${name}$$$` : value]),
  );
}

/** Opens and shows text that may hold seals. */
export interface SealedTexts {
  /** The text with its secrets, for the request that needs it and nothing else; they are masked from then on. */
  reveal(text: string): string;
  /** The text for a person: secrets, passwords of URLs and secrets that were typed out are `*****`. */
  show(text: string): string;
  /** The text with the values of secret variables masked, as dbt does in its lock; all else stays. */
  scrub(text: string): string;
}

/** `onShort` is told names of secrets that are too short to be masked, each once, when they are first used. */
export function sealedTexts(
  env: ReadonlyMap<string, string>,
  secrets: SecretMask,
  onShort: (name: string) => void = () => {},
): SealedTexts {
  const short = new Set([...env].flatMap(([name, { length }]) => (length < 4 ? name : [])));
  const variables = new SecretMask();
  for (const [name, value] of env) {
    if (!secretNames.test(name)) continue;
    secrets.add(value);
    variables.add(value);
  }
  return {
    reveal: (text) => {
      const revealed = text.replace(seal, (_, name: string) => {
        if (short.delete(name)) onShort(name);
        return env.get(name) ?? '';
      });
      for (const word of credentialsIn(revealed)) secrets.add(word);
      return revealed;
    },
    show: (text) => secrets.apply(withoutCredentials(text.replace(seal, '*****'))),
    scrub: (text) => variables.apply(text),
  };
}

const credentials = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#@\s]*)@/i;

/** What stands before the `@` of a URL is a password, or a token in the place of the user. */
export function withoutCredentials(url: string): string {
  return url.replace(credentials, (all, scheme: string, user: string) =>
    isLoginName(scheme, user) ? all : `${scheme}*****@`,
  );
}

function credentialsIn(url: string): string[] {
  const match = credentials.exec(url);
  if (match === null || isLoginName(match[1]!, match[2]!)) return [];
  const [user = '', ...password] = match[2]!.split(':');
  return password.length === 0 ? [user, plain(user)] : [password.join(':'), plain(password.join(':'))];
}

/** `ssh://git@host` names a login and keeps no secret. */
const isLoginName = (scheme: string, user: string): boolean =>
  scheme.startsWith('ssh') && !user.includes(':');

function plain(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

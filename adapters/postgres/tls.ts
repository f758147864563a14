import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import type { SslMode } from './credentials.ts';

/** One way to try: over TLS with these options, or in the clear. */
export type Attempt = ConnectionOptions | false;

/**
 * The ways that libpq's `sslmode` allows, in its order: `prefer` falls back to a clear connection, `allow` to TLS.
 * Only the `verify-` modes ask who the server is, and `require` does where a root certificate is at hand. Throws the
 * file system's error where a certificate that is named cannot be read.
 */
export function tlsAttempts(fields: Readonly<Record<string, unknown>>): readonly Attempt[] {
  // A local socket knows no TLS, whatever the mode.
  if (String(fields['host']).startsWith('/')) return [false];
  const mode = (text(fields['sslmode']) ?? 'prefer') as SslMode;
  switch (mode) {
    case 'disable':
      return [false];
    case 'allow':
      return [false, encrypted(fields, mode)];
    case 'prefer':
      return [encrypted(fields, mode), false];
    default:
      return [encrypted(fields, mode)];
  }
}

function encrypted(fields: Readonly<Record<string, unknown>>, mode: SslMode): ConnectionOptions {
  const file = (name: string, standard: string): string | undefined => {
    const named = text(fields[name]);
    if (named === 'system' && name === 'sslrootcert') return undefined;
    if (named !== null) return readFileSync(named, 'utf8');
    const usual = join(homedir(), '.postgresql', standard);
    return existsSync(usual) ? readFileSync(usual, 'utf8') : undefined;
  };
  const cert = file('sslcert', 'postgresql.crt');
  const key = file('sslkey', 'postgresql.key');
  const ca = file('sslrootcert', 'root.crt');
  const verifies = mode === 'verify-full' || mode === 'verify-ca' || (mode === 'require' && ca !== undefined);
  return {
    rejectUnauthorized: verifies,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
  };
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import * as tls from 'node:tls';
import type { SslMode } from './credentials.ts';
import { ownFailure } from './failures.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What a connection over TLS takes from files, as PEM texts. */
export interface TlsFiles {
  /** Certificates that the server's is checked by; `built-in` for those of the runtime; null: it is not checked. */
  readonly authorities: readonly string[] | 'built-in' | null;
  readonly certificate: string | null;
  readonly key: string | null;
}

/**
 * Reads what libpq reads: the named files, else those of `~/.postgresql`. A file that is not there is done without,
 * but for the authorities of the `verify-` modes and the key of a certificate. Throws `configuration`, with the
 * profile's key, for what cannot be used.
 */
export function readTlsFiles(fields: Fields, mode: SslMode): TlsFiles {
  const authorities = readAuthorities(fields, mode);
  const certificatePath = placeOf(fields, 'sslcert');
  const certificate = certificatePath === null ? null : readPem('sslcert', certificatePath);
  if (certificate === null) return { authorities, certificate, key: null };
  const keyPath = placeOf(fields, 'sslkey');
  const keyFile = keyPath === null ? null : statOf('sslkey', keyPath);
  if (keyPath === null || keyFile === null) {
    throw ownFailure(
      'configuration',
      `there is no private key for the certificate ${certificatePath}: ${keyPath ?? 'no file'} does not exist`,
      "name the certificate's key in 'sslkey'",
    );
  }
  checkAccess(keyPath, keyFile);
  const key = readPem('sslkey', keyPath)!;
  checkPair({ certificate, certificatePath: certificatePath!, key, keyPath });
  return { authorities, certificate, key };
}

/** Where a file is looked for; null where neither the profile nor a home folder tells. */
function placeOf(fields: Fields, name: keyof typeof standardNames): string | null {
  const { [name]: named, home } = fields;
  if (typeof named === 'string' && named !== '') return named;
  return typeof home === 'string' ? join(home, '.postgresql', standardNames[name]) : null;
}

const standardNames = { sslcert: 'postgresql.crt', sslkey: 'postgresql.key', sslrootcert: 'root.crt' };

function readAuthorities(fields: Fields, mode: SslMode): TlsFiles['authorities'] {
  if (fields['sslrootcert'] === 'system') return systemAuthorities();
  const path = placeOf(fields, 'sslrootcert');
  const text = path === null ? null : readPem('sslrootcert', path);
  if (text !== null) {
    parsed('sslrootcert', path!, 'certificate', () => new X509Certificate(text));
    return [text];
  }
  if (mode !== 'verify-ca' && mode !== 'verify-full') return null;
  throw ownFailure(
    'configuration',
    `'sslmode: ${mode}' checks the server's certificate by that of its authority, and ${path} does not exist`,
    "name the authority's certificate in 'sslrootcert', or 'system' for the authorities of the operating system",
  );
}

/** Where Linux distributions and BSDs keep their authorities, for a Node that cannot ask the system (before 22.15). */
const bundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

function systemAuthorities(): readonly string[] | 'built-in' {
  const { getCACertificates } = tls as { getCACertificates?: (type: string) => readonly string[] };
  if (getCACertificates !== undefined) return getCACertificates('system');
  const bundle = bundles.find((path) => existsSync(path));
  return bundle === undefined ? 'built-in' : [readFileSync(bundle, 'utf8')];
}

/** Null where there is no such file. */
function readPem(name: string, path: string): string | null {
  try {
    return statOf(name, path) === null ? null : readFileSync(path, 'utf8');
  } catch (error) {
    throw unusable(name, path, 'cannot be read', error);
  }
}

function statOf(name: string, path: string): Stats | null {
  try {
    return statSync(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code))) return null;
    throw unusable(name, path, 'cannot be read', error);
  }
}

/** libpq's rule: nobody but the owner, or, where root owns it, a group that may only read. */
function checkAccess(path: string, { mode, uid }: Stats): void {
  if (process.platform === 'win32' || (mode & (uid === 0 ? 0o037 : 0o077)) === 0) return;
  throw ownFailure(
    'configuration',
    `the private key ${path} may be read by others than its owner`,
    `'sslkey': chmod 0600 ${path} (0640 where root owns it)`,
  );
}

interface Pair {
  readonly certificate: string;
  readonly certificatePath: string;
  readonly key: string;
  readonly keyPath: string;
}

function checkPair({ certificate, certificatePath, key, keyPath }: Pair): void {
  const owned = parsed('sslcert', certificatePath, 'certificate', () => new X509Certificate(certificate));
  const secret = parsed('sslkey', keyPath, 'private key', () => createPrivateKey(key));
  if (owned.checkPrivateKey(secret)) return;
  throw ownFailure(
    'configuration',
    `the private key ${keyPath} is not that of the certificate ${certificatePath}`,
    "'sslcert' and 'sslkey' must belong together",
  );
}

function parsed<T>(name: string, path: string, what: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    const locked = /PASSPHRASE|INTERRUPTED_OR_CANCELLED/.test(String((error as NodeJS.ErrnoException).code));
    throw unusable(name, path, locked ? 'asks for a passphrase' : `holds no ${what} in PEM form`, error);
  }
}

const unusable = (name: string, path: string, problem: string, cause: unknown) => {
  const reason = cause instanceof Error && /^E[A-Z]+:/.test(cause.message) ? `: ${cause.message}` : '';
  return ownFailure('configuration', `${path} ${problem}${reason}`, `check '${name}'`, null, cause);
};

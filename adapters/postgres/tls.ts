import { isIP } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, type PeerCertificate } from 'node:tls';
import type { SslMode } from './credentials.ts';
import { readTlsFiles, type TlsFiles } from './tls-files.ts';

type Fields = Readonly<Record<string, unknown>>;

/** One way to try: in the clear, or over TLS with these options, whose files are read when its turn comes. */
export type Attempt = (host: string) => ConnectionOptions | false;

export const clear: Attempt = () => false;

/** The ways that libpq's `sslmode` allows, in its order: `prefer` falls back to a clear connection, `allow` to TLS. */
export function tlsAttempts(fields: Fields, host: string): readonly Attempt[] {
  // A local socket knows no TLS, whatever the mode.
  if (host.startsWith('/')) return [clear];
  const mode = sslModeOf(fields);
  const encrypted: Attempt = (name) => tlsOptions(readTlsFiles(fields, mode), mode, name);
  switch (mode) {
    case 'disable':
      return [clear];
    case 'allow':
      return [clear, encrypted];
    case 'prefer':
      return [encrypted, clear];
    default:
      return [encrypted];
  }
}

/** libpq's default is `prefer`, but where the operating system's authorities are asked for. */
export function sslModeOf(fields: Fields): SslMode {
  const mode = fields['sslmode'];
  if (typeof mode === 'string' && mode !== '') return mode as SslMode;
  return fields['sslrootcert'] === 'system' ? 'verify-full' : 'prefer';
}

/** Whoever has an authority's certificate at hand checks the server's by it, whatever the mode; so does libpq. */
function tlsOptions({ authorities, certificate, key }: TlsFiles, mode: SslMode, host: string) {
  return {
    rejectUnauthorized: authorities !== null,
    ...(authorities === null || authorities === 'built-in' ? {} : { ca: [...authorities] }),
    ...(certificate === null ? {} : { cert: certificate }),
    ...(key === null ? {} : { key }),
    checkServerIdentity: (_name: string, peer: PeerCertificate) =>
      mode === 'verify-full' ? identityError(host, peer) : undefined,
  };
}

/** libpq finds an address also among a certificate's names, and in its subject where it holds no addresses. */
function identityError(host: string, peer: PeerCertificate): Error | undefined {
  const mismatch = checkServerIdentity(host, peer);
  if (mismatch === undefined || isIP(host) === 0) return mismatch;
  const held = peer.subjectaltname?.split(', ') ?? [];
  const named = held.includes(`DNS:${host}`);
  const isSubject = peer.subject.CN === host && !held.some((name) => name.startsWith('IP Address:'));
  return named || isSubject ? undefined : mismatch;
}

/**
 * Whether TLS did not come about, which lets `prefer` go on in the clear. A server that refuses our certificate has
 * been reached, and says so after TLS stands.
 */
export function isTlsFailure(error: unknown): boolean {
  const { code = '', message = '' } = error as NodeJS.ErrnoException;
  if (certificateRefusal.test(code)) return false;
  return (
    /^ERR_(TLS|SSL|OSSL)|^EPROTO$|CERT|CRL|SIGNATURE|HOSTNAME_MISMATCH|^INVALID_(CA|PURPOSE)/.test(code) ||
    /does not support SSL|establishing an SSL connection/.test(message)
  );
}

/** Codes of the server's alerts about a client's certificate. */
export const certificateRefusal =
  /^ERR_SSL_.*_ALERT_(UNKNOWN_CA|DECRYPT_ERROR|(BAD_|UNSUPPORTED_)?CERTIFICATE(_\w+)?)$/;

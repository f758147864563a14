import type { FailureKind } from '../../src/adapter/failure.ts';
import { certificateRefusal } from './tls.ts';

/** The output's fields, for hints: never its password. */
export type Fields = Readonly<Record<string, unknown>>;

/** What an error means while a connection is made; applies where code and words, if it has them, are the error's. */
interface Rule {
  readonly code?: RegExp;
  readonly words?: RegExp;
  /** Where it is not what it would be of a statement. */
  readonly kind?: FailureKind;
  /** Where the driver's own words tell too little. */
  readonly message?: (fields: Fields) => string;
  readonly hint: (fields: Fields) => string;
}

const place = ({ host, port }: Fields): string =>
  String(host).startsWith('/') ? `${host}/.s.PGSQL.${port}` : `${host}:${port}`;

const network: readonly Rule[] = [
  {
    code: /^(ECONNREFUSED|ENOENT)$/,
    words: /^connect /,
    kind: 'transient',
    hint: (fields) =>
      `nothing listens at ${place(fields)}: check 'host' and 'port', and that the server runs`,
  },
  {
    code: /^(EACCES|ENOTSOCK)$/,
    words: /^connect /,
    kind: 'configuration',
    hint: () => "check 'host' and 'port'",
  },
  {
    code: /^ENOTFOUND$/,
    kind: 'configuration',
    message: ({ host }) => `no address is known for the host '${host}'`,
    hint: () => "check 'host'",
  },
  {
    code: /^EAI_AGAIN$/,
    kind: 'transient',
    message: ({ host }) => `the address of the host '${host}' could not be asked for`,
    hint: () => "check 'host', and that the network's name server answers",
  },
  {
    code: /^(EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN)$/,
    kind: 'transient',
    hint: (fields) => `there is no way to ${place(fields)}: check 'host', and the network (VPN, firewall)`,
  },
  {
    words: /^timeout expired|ETIMEDOUT/,
    kind: 'transient',
    message: ({ connect_timeout: seconds, ...fields }) =>
      `no answer from ${place(fields)} within ${Number(seconds) > 0 ? `${seconds} s` : 'the time of the system'}`,
    hint: () => "check 'host' and 'port', and firewalls between; 'connect_timeout' says how long to wait",
  },
  {
    words: /^Connection terminated|ECONNRESET|^socket hang up/,
    kind: 'transient',
    message: (fields) => `${place(fields)} closed the connection before it was made`,
    hint: () => "check 'host', 'port' and 'sslmode', and what the server's log says",
  },
];

const tls: readonly Rule[] = [
  {
    words: /does not support SSL/,
    kind: 'configuration',
    message: () => 'the server does not support SSL, but SSL was required',
    hint: ({ sslmode }) => `'sslmode: ${sslmode}' asks for TLS, which the server does not offer`,
  },
  {
    words: /establishing an SSL connection/,
    kind: 'configuration',
    message: (fields) => `what listens at ${place(fields)} does not answer as PostgreSQL does`,
    hint: () => "check 'host' and 'port'",
  },
  {
    code: /^ERR_TLS_CERT_ALTNAME_INVALID$/,
    kind: 'configuration',
    hint: ({ host }) =>
      `the server's certificate is not made out to '${host}': name it in 'host' as its certificate does, or check its authority alone with 'sslmode: verify-ca'`,
  },
  {
    code: /^(CERT_HAS_EXPIRED|CERT_NOT_YET_VALID)$/,
    kind: 'configuration',
    hint: () => "the server's certificate, or its authority's in 'sslrootcert', is out of its time",
  },
  {
    code: /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER_CERT|UNABLE_TO_GET_ISSUER_CERT_LOCALLY|UNABLE_TO_VERIFY_LEAF_SIGNATURE|CERT_SIGNATURE_FAILURE|INVALID_CA)$/,
    kind: 'configuration',
    message: () => "the server's certificate is not signed by a known authority",
    hint: () => "name the certificate of the server's authority in 'sslrootcert'",
  },
  {
    code: /^EPROTO$/,
    kind: 'configuration',
    hint: () => "check 'host', 'port', 'sslmode', 'sslcert' and 'sslkey'",
  },
  {
    code: certificateRefusal,
    kind: 'configuration',
    message: ({ sslcert }) => `the server does not take the certificate ${sslcert}`,
    hint: () => "check 'sslcert' and 'sslkey': the server must know their authority",
  },
];

const refusals: readonly Rule[] = [
  { code: /^28P01$/, hint: () => "check 'user' and 'password'" },
  {
    code: /^28000$/,
    words: /no pg_hba|pg_hba\.conf rejects/,
    hint: () => "the server's pg_hba.conf decides by 'host', 'user', 'dbname' and 'sslmode'",
  },
  {
    code: /^28000$/,
    words: /client certificate/,
    hint: () => "name a certificate and its key that exist in 'sslcert' and 'sslkey'",
  },
  {
    code: /^28000$/,
    words: /certificate authentication failed/,
    hint: ({ user }) => `the certificate in 'sslcert' must be made out to the 'user', '${user}'`,
  },
  { code: /^28000$/, hint: () => "check 'user' and 'password'" },
  {
    code: /^3D000$/,
    kind: 'configuration',
    hint: () => "create the database, or name another one in 'dbname'",
  },
  {
    code: /^08P01$/,
    words: /no such (user|database)/,
    kind: 'configuration',
    hint: () => "the pooler does not know it: check 'user' and 'dbname'",
  },
  {
    code: /^08P01$/,
    words: /startup parameter/,
    kind: 'configuration',
    hint: () => "name the parameter in the pooler's 'ignore_startup_parameters'",
  },
  {
    code: /^53300$/,
    hint: () => "lower 'threads', raise the server's max_connections, or wait longer with 'retries'",
  },
  { code: /^57P03$/, hint: () => "try again when the server is up, or wait longer with 'retries'" },
];

/** Of the settings that make a connection ready. */
const settings: readonly Rule[] = [
  {
    code: /^42501$/,
    words: /set role/,
    hint: ({ user, role }) => `'role': make the user a member of it: grant ${role} to ${user}`,
  },
  {
    code: /^42501$/,
    words: /for database/,
    hint: ({ user, database }) =>
      `'dbname': let the user connect: grant connect on database ${database} to ${user}`,
  },
  {
    code: /^(22023|42704|42601)$/,
    words: /role/,
    kind: 'configuration',
    hint: () => "create the role, or name another one in 'role'",
  },
  {
    code: /^22023$/,
    words: /search_path/,
    kind: 'configuration',
    hint: () => "'search_path' is a list of schemas, each quoted where it needs it: 'first, \"Second one\"'",
  },
];

/** The first one that applies counts. */
export const rules: readonly Rule[] = [...network, ...tls, ...refusals, ...settings];

import { DiagnosticError } from '../../core/diagnostic.ts';
import type { Span } from '../../core/span.ts';
import { redirectRefused } from './fetch-errors.ts';
import type { SealedTexts } from './sealed-text.ts';

const mostRedirects = 10;

/** Why a request has no result, for a person. */
export class RequestFailure extends Error {}

/** What may pass by itself: a connection that broke, a server that is busy, a download that was cut short. */
export class TransientFailure extends RequestFailure {}

/** Ends what waits too long for the next bytes, or is cancelled. */
export class Patience {
  readonly #abort = new AbortController();
  readonly #outer: AbortSignal;
  readonly #timeoutMs: number;
  #timer: NodeJS.Timeout | undefined;
  #timedOut = false;

  constructor(outer: AbortSignal, timeoutMs: number) {
    this.#outer = outer;
    this.#timeoutMs = timeoutMs;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Something arrived: waits anew. */
  renew(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timedOut = true;
      this.#abort.abort();
    }, this.#timeoutMs);
  }

  async with<T>(work: () => Promise<T>): Promise<T> {
    const cancel = (): void => this.#abort.abort(this.#outer.reason);
    this.#outer.throwIfAborted();
    this.#outer.addEventListener('abort', cancel, { once: true });
    this.renew();
    try {
      return await work();
    } catch (caught) {
      this.#outer.throwIfAborted();
      if (this.#timedOut) throw new TransientFailure(`no answer within ${this.#timeoutMs / 1000} s`);
      throw caught;
    } finally {
      clearTimeout(this.#timer);
      this.#outer.removeEventListener('abort', cancel);
    }
  }
}

/** A request with its redirects. Credentials go to the host that they were given for, and never in clear after TLS. */
export async function request(
  texts: SealedTexts,
  sealed: string,
  patience: Patience,
  span: Span | null,
): Promise<Response> {
  const shown = texts.show(sealed);
  let url = urlOf(texts.reveal(sealed));
  let authorization = basicAuthorization(url);
  for (let redirects = 0; ; redirects += 1) {
    const bare = new URL(url);
    bare.username = '';
    bare.password = '';
    const response = await send(bare, authorization, patience);
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null) return accepted(response);
    await response.body?.cancel();
    const next = urlOf(location, url);
    if (redirects >= mostRedirects) throw new DiagnosticError(redirectRefused(span, shown, 'in a circle'));
    if (url.protocol === 'https:' && next.protocol !== 'https:') {
      throw new DiagnosticError(redirectRefused(span, shown, 'to a connection that is not encrypted'));
    }
    if (next.origin !== url.origin) authorization = basicAuthorization(next);
    url = next;
  }
}

function urlOf(text: string, base?: URL): URL {
  const url = tryUrl(text, base);
  if (url === null) throw new RequestFailure('it is no URL');
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new RequestFailure('only https:// and http:// are fetched');
  return url;
}

function tryUrl(text: string, base?: URL): URL | null {
  try {
    return new URL(text, base);
  } catch {
    return null;
  }
}

async function send(url: URL, authorization: string | null, patience: Patience): Promise<Response> {
  // Asked for as it is, an archive is not unpacked on the way, and its length is that of what arrives.
  const headers: Record<string, string> = { 'user-agent': 'sluice', 'accept-encoding': 'identity' };
  if (authorization !== null) headers['authorization'] = authorization;
  try {
    return await fetch(url, { redirect: 'manual', headers, signal: patience.signal });
  } catch (caught) {
    throw networkFailure(caught);
  }
}

const transientStatus = new Set([408, 425, 429, 500, 502, 503, 504]);

function accepted(response: Response): Response {
  const { status } = response;
  if (transientStatus.has(status)) throw new TransientFailure(`the server answered ${status}`);
  if (status === 401 || status === 403) throw new RequestFailure(`the server refused it (${status})`);
  if (!response.ok && status !== 404 && status !== 410)
    throw new RequestFailure(`the server answered ${status}`);
  return response;
}

export async function receive(
  response: Response,
  patience: Patience,
  limitBytes: number,
  take: (chunk: Uint8Array) => Promise<void>,
): Promise<void> {
  if (response.body === null) return;
  let bytes = 0;
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((caught: unknown) => {
        throw networkFailure(caught);
      });
      if (done) return;
      patience.renew();
      bytes += value.length;
      if (bytes > limitBytes)
        throw new RequestFailure(`it is larger than ${Math.round(limitBytes / 2 ** 20)} MiB`);
      await take(value);
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

function basicAuthorization({ username, password }: URL): string | null {
  if (username === '' && password === '') return null;
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(text, 'utf8').toString('base64')}`;
}

const transientCode =
  /^(?:ECONNRESET|ECONNREFUSED|ECONNABORTED|ETIMEDOUT|EPIPE|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_.*)$/;

/** Node hides the reason of a failed request in its cause. */
function networkFailure(caught: unknown): RequestFailure {
  const { cause, message } = caught as Error & { cause?: NodeJS.ErrnoException };
  const code = cause?.code ?? '';
  const reason = code || cause?.message || message;
  if (transientCode.test(code)) return new TransientFailure(reason);
  return new RequestFailure(/CERT|TLS|SSL/.test(code) ? `its certificate is not trusted (${code})` : reason);
}

import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { DiagnosticError } from '../../core/diagnostic.ts';
import type { Span } from '../../core/span.ts';
import { variableOf } from '../../core/world.ts';
import { downloadFailed } from './fetch-errors.ts';
import { Patience, RequestFailure, receive, request, TransientFailure } from './http-request.ts';
import type { PackageContext } from './package-context.ts';

type HttpContext = Pick<PackageContext, 'world' | 'signal' | 'emit' | 'texts'>;

/** Tries beside the first one, as dbt has it. */
const mostRepeats = 5;
const hubTimeoutMs = 30_000;
/** Of what a hub may answer, in bytes; the public one's largest answer has about one million. */
const answerLimit = 64 * 2 ** 20;

/** Runs `work` again, after a growing pause, as long as it fails for a transient reason. */
export async function withRepeats<T>(context: HttpContext, work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work();
    } catch (caught) {
      if (!(caught instanceof TransientFailure) || attempt >= mostRepeats) throw caught;
      context.emit({
        name: 'request-repeated',
        attempt: attempt + 1,
        most: mostRepeats,
        reason: caught.message,
      });
      const pauseMs = Math.min(8000, 250 * 2 ** attempt) * (0.5 + context.world.random());
      await sleep(pauseMs, undefined, { signal: context.signal });
    }
  }
}

/** The JSON that a URL answers with, and the status; null as JSON where the status is 404 or 410. */
export async function getJson(
  context: HttpContext,
  url: string,
): Promise<{ readonly status: number; readonly data: unknown }> {
  return told(context, null, url, () =>
    withRepeats(context, async () => {
      const patience = new Patience(context.signal, hubTimeoutMs);
      return patience.with(async () => {
        const response = await request(context.texts, url, patience, null);
        if (response.status === 404 || response.status === 410)
          return { status: response.status, data: null };
        const chunks: Uint8Array[] = [];
        await receive(response, patience, answerLimit, async (chunk) => void chunks.push(chunk));
        const text = Buffer.concat(chunks).toString('utf8');
        try {
          return { status: response.status, data: JSON.parse(text) as unknown };
        } catch {
          throw new TransientFailure('the answer is not JSON');
        }
      });
    }),
  );
}

export interface DownloadRequest {
  /** May hold seals. */
  readonly url: string;
  readonly span: Span | null;
  readonly file: string;
  readonly limitBytes: number;
  readonly onProgress: (bytes: number, totalBytes: number | null) => void;
}

/** Writes what a URL answers with to a file, once; gives the sha256. Throws TransientFailure for what may pass. */
export async function downloadOnce(context: HttpContext, download: DownloadRequest): Promise<string> {
  const { file, limitBytes, onProgress } = download;
  const patience = new Patience(context.signal, downloadTimeoutMs(context));
  return patience.with(async () => {
    const response = await request(context.texts, download.url, patience, download.span);
    if (response.status === 404 || response.status === 410)
      throw new RequestFailure(`it is not there (${response.status})`);
    const length = Number(response.headers.get('content-length') ?? Number.NaN);
    const total = Number.isFinite(length) ? length : null;
    const digest = createHash('sha256');
    const handle = await open(file, 'w', 0o600);
    let bytes = 0;
    try {
      await receive(response, patience, limitBytes, async (chunk) => {
        digest.update(chunk);
        await handle.write(chunk);
        bytes += chunk.length;
        onProgress(bytes, total);
      });
    } finally {
      await handle.close();
    }
    if (total !== null && bytes !== total)
      throw new TransientFailure(`it ended after ${bytes} of ${total} bytes`);
    return digest.digest('hex');
  });
}

/** Runs requests to `url`; what fails for good becomes the diagnostic `download-failed`. */
export async function told<T>(
  context: HttpContext,
  span: Span | null,
  url: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (caught) {
    if (!(caught instanceof RequestFailure)) throw caught;
    const reason = context.texts.show(caught.message);
    throw new DiagnosticError(
      downloadFailed(span, context.texts.show(url), reason, hintFor(context, reason)),
      {
        cause: caught,
      },
    );
  }
}

/** Node's own client passes by the proxy that other programs use, and by their authorities, unless it is told. */
function hintFor({ world }: HttpContext, reason: string): string | null {
  if (reason.includes('certificate')) return 'NODE_EXTRA_CA_CERTS names a file with further authorities';
  const named = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].find((name) =>
    world.env.get(name),
  );
  if (named === undefined || world.env.get('NODE_USE_ENV_PROXY') === '1') return null;
  return `${named} is set: Node.js 22.21 and 24 go through it where NODE_USE_ENV_PROXY=1 is set too`;
}

function downloadTimeoutMs({ world }: HttpContext): number {
  const seconds = Number(variableOf(world.env, 'HTTP_TIMEOUT')?.value ?? 10);
  return seconds > 0 ? seconds * 1000 : 10_000;
}

/** How git gets at a repository. */
export type GitTransport = 'https' | 'ssh' | 'http' | 'git' | 'file';

/** The protocols that git may use for us, redirects included. */
export const allowedProtocols: readonly GitTransport[] = ['https', 'ssh', 'http', 'git', 'file'];

/**
 * What transport an address uses, or, as `refused`, why it is none of ours. Git itself would take addresses that run
 * programs (`ext::`), or options for addresses.
 */
export function gitTransport(
  address: string,
): { readonly transport: GitTransport } | { readonly refused: string } {
  if (address.startsWith('-')) return { refused: 'it begins as an option does' };
  if (!/^[\x21-\x7e\xa0-\uffff ]+$/.test(address))
    return { refused: 'it has characters that no address has' };
  if (/^[A-Za-z0-9+.-]+::/.test(address)) return { refused: 'it names a program that fetches' };
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(.*)$/s.exec(address);
  if (scheme !== null) return ofScheme(scheme[1]!.toLowerCase(), scheme[2]!);
  if (isAbsolutePath(address)) return { transport: 'file' };
  const short = /^(?:[^/:@]+@)?([^/:@]+):(?!\/\/)/.exec(address);
  if (short !== null)
    return short[1]!.startsWith('-') ? { refused: 'its host is an option' } : { transport: 'ssh' };
  return { refused: 'it is neither a URL nor an absolute path' };
}

function ofScheme(scheme: string, rest: string): { transport: GitTransport } | { refused: string } {
  const transport = allowedProtocols.find((known) => known === scheme);
  if (transport === undefined) return { refused: `${scheme}:// is not among them` };
  const host = rest.split('/')[0]!.split('@').at(-1)!;
  if (host.startsWith('-') || rest.startsWith('-')) return { refused: 'its host is an option' };
  return { transport };
}

/** `C:\repo` has a colon, and is no host. */
const isAbsolutePath = (address: string): boolean => /^(?:\/|[A-Za-z]:[\\/])/.test(address);

/** Whether a name can be a tag or a branch: git's rule for names, and none that reads as an option or a pattern. */
export function isRevision(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: git forbids them in names.
  if (/[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|\/$|\.$/.test(name)) return false;
  return name !== '' && !name.startsWith('-') && !name.startsWith('/') && name !== '@';
}

export const isCommit = (revision: string): boolean => /^[0-9a-f]{40}$/.test(revision);

/** The host of a URL is this machine: what goes there crosses no network. */
export function isLoopback(url: string): boolean {
  const host = /^[a-z]+:\/\/(?:[^/@]*@)?(\[[^\]]*\]|[^/:]*)/i.exec(url)?.[1]?.toLowerCase() ?? '';
  return host === 'localhost' || host === '[::1]' || /^127\./.test(host);
}

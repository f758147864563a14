import { type Diagnostic, error } from '../core/diagnostic.ts';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left on the device',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of its path is a file',
  EEXIST: 'a part of its path is a file',
  EISDIR: 'a folder is in its place',
  ENOENT: 'no such file',
};

const reasonOf = (cause: NodeJS.ErrnoException): string => reasons[cause.code ?? ''] ?? cause.message;

export function fileNotWritten(path: string, cause: NodeJS.ErrnoException): Diagnostic {
  return error({
    code: 'file-not-written',
    family: 'Runtime Error',
    message: `cannot write ${path}: ${reasonOf(cause)}`,
    hint: 'choose another folder with --target-path, or make this one writable',
  });
}

export function artifactNotRead(path: string, cause: NodeJS.ErrnoException): Diagnostic {
  return error({
    code: 'artifact-not-read',
    family: 'Runtime Error',
    message: `cannot read ${path}: ${reasonOf(cause)}`,
    hint: cause.code === 'ENOENT' ? 'run the command that writes it first' : null,
  });
}

/** The file is no JSON, or not of the expected shape; `detail` names the first place that is wrong. */
export function artifactNotUnderstood(path: string, kind: string, detail: string): Diagnostic {
  return error({
    code: 'artifact-not-understood',
    family: 'Runtime Error',
    message: `${path} is not a ${kind} artifact: ${detail}`,
  });
}

const reasons: Record<string, string> = {
  EACCES: 'you have no permission',
  EPERM: 'you have no permission',
  EROFS: 'its file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'your disk quota is used up',
  EFBIG: 'the file would be larger than the limit that your shell sets (ulimit -f)',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its links form a loop',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EISDIR: 'it is a folder',
  ENOENT: 'there is no such file or folder',
  EIO: 'the disk reports an error',
};

/** Explains in plain words what the system refused to do with a file; undefined for an error that isn't about a file. */
export function explainFileError(error: unknown): string | undefined {
  const { code = '', path, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  const reason = reasons[code];
  if (!(error instanceof Error) || reason === undefined || syscall === undefined) return undefined;
  return `${path === undefined ? 'A file' : path} can't be used: ${reason} (${syscall}, ${code}).`;
}

/**
 * Runs a program with a fault in its system calls: what goes before its own words.
 * @param calls as in `rename` or `pwrite64,write`
 * @param inject as strace takes it after `inject=`: `rename:error=EIO:when=2`
 */
export function withFault(calls: string, inject: string): string[] {
  return ['strace', '-f', '-qq', '-o', '/dev/null', '-e', `trace=${calls}`, '-e', `inject=${inject}`];
}

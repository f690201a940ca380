import { readFileSync } from 'node:fs';
import { systemErrorCode } from '@weighbridge/core/errors';

/** What tells a process from every other that ever had its number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot at which it began. */
  readonly startTicks: string;
  readonly bootId: string;
}

let ownIdentity: ProcessIdentity | undefined;

export function ownProcess(): ProcessIdentity {
  ownIdentity ??= { pid: process.pid, startTicks: statOf(process.pid)?.startTicks ?? '', bootId: currentBoot() };
  return ownIdentity;
}

/**
 * Whether a process still runs, or may still do what it was doing. One that was killed is a zombie until its parent
 * has waited for it, and while it has other threads one of them may still be inside its last system call.
 */
export function isRunning({ pid, startTicks, bootId }: ProcessIdentity): boolean {
  if (bootId !== currentBoot()) return false;
  const stat = statOf(pid);
  if (stat === undefined) return isHidden(pid);
  if (stat.startTicks !== startTicks) return false;
  return !(stat.state === 'X' || (stat.state === 'Z' && stat.threads <= 1));
}

/** Where /proc hides what other users run (hidepid), the kernel still tells a foreign process from none. */
function isHidden(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemErrorCode(error) !== 'ESRCH';
  }
}

function currentBoot(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
}

interface ProcessStat {
  readonly state: string;
  readonly threads: number;
  readonly startTicks: string;
}

/** Fields 3, 20 and 22 of proc_pid_stat(5), counted from behind the name, which may hold anything. */
function statOf(pid: number): ProcessStat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0]!, threads: Number(fields[17]), startTicks: fields[19]! };
  } catch (error) {
    // ESRCH: it ended between open and read. EACCES, EPERM: it is another user's, and hidden.
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(systemErrorCode(error) ?? '')) return undefined;
    throw error;
  }
}

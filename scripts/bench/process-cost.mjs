// What a command costs: CPU of it and all below it, peak memory of its largest process, wall time. And files to feed it.
import { spawn } from 'node:child_process';
import { createCipheriv } from 'node:crypto';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

const MIB = 1 << 20;

/** @returns {Promise<{ cpu: number, peak: number, wall: number, stdout: string }>} seconds, MiB, seconds */
export function measure(words, { env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const script = '"$@" 2>/dev/null >&3; rc=$?; times; exit $rc';
    const bash = spawn('bash', ['-c', script, 'bash', ...words], { stdio: ['ignore', 'pipe', 'inherit', 'pipe'], env });
    let out = '';
    let stdout = '';
    let peak = 0;
    const watch = setInterval(() => {
      for (const pid of descendants(bash.pid)) peak = Math.max(peak, peakMib(pid));
    }, 10);
    bash.stdout.on('data', (bytes) => {
      out += bytes;
    });
    bash.stdio[3].on('data', (bytes) => {
      stdout += bytes;
    });
    bash.on('close', (exit) => {
      clearInterval(watch);
      if (exit !== 0) return reject(new Error(`exit ${exit}: ${words.join(' ')}`));
      const [user, system] = out.trim().split('\n')[1].split(' ').map(seconds);
      return resolve({ cpu: user + system, peak, wall: (performance.now() - started) / 1000, stdout });
    });
  });
}

function seconds(text) {
  const [, minutes, rest] = /(\d+)m([\d.]+)s/.exec(text);
  return Number(minutes) * 60 + Number(rest);
}

function descendants(pid) {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
    return children.flatMap((child) => [child, ...descendants(child)]);
  } catch {
    return [];
  }
}

function peakMib(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** A file that no store can shrink and that anybody can make again. */
export function makeFile(path, size, seed = 7) {
  const fd = openSync(path, 'w');
  const stream = createCipheriv('aes-256-ctr', Buffer.alloc(32, seed), Buffer.alloc(16));
  const zeros = Buffer.alloc(MIB);
  for (let left = size; left > 0; left -= MIB) writeSync(fd, stream.update(zeros).subarray(0, Math.min(MIB, left)));
  closeSync(fd);
}

export const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];

/** Numbers after flags: `--gib 1`. */
export function flag(name, otherwise) {
  const at = process.argv.indexOf(name);
  return at === -1 ? otherwise : Number(process.argv[at + 1]);
}

/** Prints figures beside what must hold, and remembers whether one did not. */
export class Report {
  over = 0;

  /** @param reach what is aimed at beyond what must hold */
  atMost(what, figure, limit, unit, reach) {
    const aim = reach === undefined ? '' : `, aim ${reach}${figure <= reach ? '' : ': not reached'}`;
    this.line(what, figure, figure <= limit, `must be ≤ ${limit}${aim}`, unit);
  }

  line(what, figure, ok, rule, unit) {
    if (!ok) this.over += 1;
    console.log(
      `${ok ? 'ok  ' : 'OVER'} ${what.padEnd(62)} ${figure.toFixed(2).padStart(10)} ${unit.padEnd(4)} (${rule})`,
    );
  }
}

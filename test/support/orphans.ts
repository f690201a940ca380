import { readdirSync, readFileSync } from 'node:fs';

interface Running {
  readonly pid: number;
  readonly parent: number;
  readonly words: string;
}

/** Chains of a home that outlive the command that started them: their grandparent is no Node.js any more. */
export function orphansOf(home: string): number[] {
  const running = new Map(everyProcess().map((process) => [process.pid, process]));
  const chains = [...running.values()].filter(({ words }) => /anvil/.test(words) && words.includes(`${home}/chain/`));
  return chains.filter(({ parent }) => !hasNodeAbove(running, parent)).map(({ pid }) => pid);
}

function hasNodeAbove(running: ReadonlyMap<number, Running>, pid: number): boolean {
  for (let above = running.get(pid); above !== undefined && above.pid > 1; above = running.get(above.parent))
    if (/bin\/weighbridge/.test(above.words)) return true;
  return false;
}

/** Every process of this machine that still runs. */
function everyProcess(): Running[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        return [{ pid: Number(name), parent: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]), words }];
      } catch {
        return []; // it has ended meanwhile
      }
    });
}

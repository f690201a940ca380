import { WeighbridgeError } from '@weighbridge/core/errors';
import { EXIT_CODES, type Refusal } from '@weighbridge/core/outcome';
import { describe, expect, it } from 'vitest';
import { type Answer, refusalOf, render, success } from './answer.js';
import { captureOutput } from './testing/captured-output.js';

const output = captureOutput();

const REFUSED: Answer = {
  outcome: 'TAMPERED',
  message: 'b.bin is not the registered file',
  hint: 'get it again',
  members: { release: 'a/b@1', file: 'b.bin', chunk: 0, expected: 'e', found: 'f', more: 1 },
  notes: ['passed over .weighbridge/'],
};

describe('in text', () => {
  it('a success is its message, or its lines, then its notes', () => {
    expect(render(success({ message: 'done', members: { a: 1 } }), false)).toBe(0);
    render(success({ message: 'done', lines: ['one', 'two'], notes: ['three'] }), false);
    expect(output).toEqual({ stdout: 'done\none\ntwo\nnote: three\n', stderr: '' });
  });

  it('raw bytes are written as they are', () => {
    render(success({ message: 'done', raw: Buffer.from('{"a":"\u202e"}') }), false);
    expect(output.stdout).toBe('{"a":"\u202e"}');
  });

  it('a refusal leaves stdout empty and begins with its outcome', () => {
    expect(render(REFUSED, false)).toBe(10);
    expect(output).toEqual({
      stdout: '',
      stderr: [
        'TAMPERED: b.bin is not the registered file',
        'release: a/b@1',
        'file: b.bin',
        'chunk: 0',
        'expected: e',
        'found: f',
        'hint: get it again',
        'note: passed over .weighbridge/',
        '',
      ].join('\n'),
    });
  });

  it('names ten findings beside the first, and how many more there are', () => {
    const findings = [...Array(14).keys()].map((index) => ({ file: `f${index}`, problem: 'digest' }));
    render({ ...REFUSED, members: { findings } }, false);
    expect(output.stderr.match(/^also: .*$/gm)).toEqual([
      ...findings.slice(1, 11).map(({ file }) => `also: ${file} (digest)`),
      'also: 3 more',
    ]);
  });

  it('shows nothing that a terminal would obey, and breaks no line', () => {
    const text = 'x\u001b[2J\nOK: verified\u202e';
    render(
      {
        ...REFUSED,
        message: text,
        hint: text,
        members: { file: text, findings: [{}, { file: text, problem: text }] },
        notes: [text],
      },
      false,
    );
    expect(output.stderr).not.toMatch(/[\u001b\u202e]/);
    expect(output.stderr.match(/\n/g)).toHaveLength(5);
    render(success({ message: '', lines: [text], notes: [text] }), false);
    expect(output.stdout.match(/\n/g)).toHaveLength(2);
    expect(output.stdout).not.toMatch(/[\u001b\u202e]/);
  });
});

describe('in JSON', () => {
  it('a success is one object with its members, without a hint', () => {
    expect(render({ outcome: 'OK', hint: 'h', message: 'done', members: { a: 1 }, notes: [] }, true)).toBe(0);
    expect(output.stdout).toBe('{"outcome":"OK","a":1,"message":"done","notes":[]}\n');
    expect(output.stderr).toBe('');
  });

  it('a refusal is one object on stdout too, with hint, details and notes', () => {
    expect(render(REFUSED, true)).toBe(10);
    const { members, ...common } = REFUSED;
    expect(JSON.parse(output.stdout)).toEqual({ ...common, ...members });
    expect(output.stderr).toBe('');
  });

  it('is one line without raw control characters', () => {
    render({ ...REFUSED, message: 'x\u009b\u202e\n' }, true);
    expect(output.stdout).not.toMatch(/[\u009b\u202e]/);
    expect(output.stdout.match(/\n/g)).toHaveLength(1);
    expect(JSON.parse(output.stdout).message).toBe('x\u009b\u202e\n');
  });
});

describe('refusalOf', () => {
  it.each(Object.keys(EXIT_CODES).filter((code) => code !== 'OK') as Refusal[])(
    '%s keeps its code, hint and details',
    (code) => {
      const error = new WeighbridgeError(code, 'm', { hint: 'h', details: { file: 'f' } });
      expect(refusalOf(error)).toEqual({ outcome: code, message: 'm', hint: 'h', members: { file: 'f' } });
      expect(render(refusalOf(error), true)).toBe(EXIT_CODES[code]);
    },
  );

  it.each([new TypeError('x is undefined\nat line 1'), 'x is undefined', undefined])(
    'a fault of ours is INTERNAL, without its stack',
    (fault) => {
      const answer = refusalOf(fault);
      expect(answer.outcome).toBe('INTERNAL');
      expect(answer.message).not.toContain('line 1');
      expect(render(answer, false)).toBe(1);
    },
  );
});

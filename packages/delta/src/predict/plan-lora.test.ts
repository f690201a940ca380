import { describe, expect, it } from 'vitest';
import { bf16Bits, bf16Value, toBytes } from '../numeric/testing/float-bytes.js';
import { PseudoRandom } from '../numeric/testing/pseudo-random.js';
import { factorsFor, pairForTensor } from './adapter-modules.js';
import { LORA_BF16 } from './lora.js';
import type { LoraModel } from './merge-rows.js';
import { planLora } from './plan-lora.js';
import { type AdapterTensor, readAdapter } from './read-adapter.js';
import { mergedBy } from './testing/merged-by.js';

const OUTPUTS = 96;
const INPUTS = 160;
const RANK = 4;
const MODULE = 'model.layers.0.self_attn.q_proj';

const random = new PseudoRandom(21);
const gaussian = (length: number, width: number): Float32Array =>
  Float32Array.from({ length }, () => width * random.normal());
const UP = gaussian(OUTPUTS * RANK, 0.01);
const DOWN = gaussian(RANK * INPUTS, 0.05);
const BASE = Array.from({ length: OUTPUTS * INPUTS }, () => bf16Bits(0.02 * random.normal()));

const bytesOf = (values: Float32Array): Uint8Array => new Uint8Array(values.slice().buffer);
const rounded = (values: Float32Array): Float32Array => values.map((value) => bf16Value(bf16Bits(value)));

function peft(up = UP, down = DOWN): AdapterTensor[] {
  const stem = `base_model.model.${MODULE}`;
  return [
    { name: `${stem}.lora_A.weight`, dtype: 'F32', shape: [RANK, INPUTS], bytes: bytesOf(down) },
    { name: `${stem}.lora_B.weight`, dtype: 'F32', shape: [OUTPUTS, RANK], bytes: bytesOf(up) },
  ];
}

function kohya(): AdapterTensor[] {
  const stem = 'lora_unet_model_layers_0_self_attn_q_proj';
  return [
    { name: `${stem}.lora_down.weight`, dtype: 'F32', shape: [RANK, INPUTS], bytes: bytesOf(DOWN) },
    { name: `${stem}.lora_up.weight`, dtype: 'F32', shape: [OUTPUTS, RANK], bytes: bytesOf(UP) },
    { name: `${stem}.alpha`, dtype: 'F32', shape: [], bytes: bytesOf(Float32Array.of(8)) },
  ];
}

function model(recipe: number, scale: number, up = UP, down = DOWN): LoraModel {
  return { recipe, scale, rows: OUTPUTS, columns: INPUTS, rank: RANK, left: up, right: down };
}

function planned(tensors: AdapterTensor[], config: unknown, merged: LoraModel, tensor = `${MODULE}.weight`) {
  const target = toBytes(mergedBy(merged, BASE, 11), 2);
  const source = toBytes(BASE, 2);
  const pair = pairForTensor(readAdapter(tensors, config), tensor)!;
  const plan = planLora(11, factorsFor(pair, [merged.rows, merged.columns]), [{ row: 0, target, source }])!;
  const read = LORA_BF16.readModel!(plan.resource);
  const payload = LORA_BF16.encode(target, { source, model: read, first: 0 });
  const out = new Uint8Array(target.length);
  LORA_BF16.decode(payload, { source, model: read, first: 0 }, out);
  expect(Buffer.compare(out, target)).toBe(0);
  return { plan, bytes: plan.resource.length + payload.length };
}

describe('planLora', () => {
  const config = { r: RANK, lora_alpha: 8 };

  it.each([0, 2, 5, 9])('finds the recipe: %i', (recipe) => {
    const [up, down] = [rounded(UP), rounded(DOWN)];
    const { plan, bytes } = planned(peft(up, down), config, model(recipe, 2, up, down));
    expect(plan).toMatchObject({ scale: 2, mismatchShare: 0 });
    expect(bytes).toBeLessThan((RANK * (OUTPUTS + INPUTS) * 11.5) / 8 + 80);
    expect(plan.bytes).toBe(bytes);
  });

  it('makes factors coarser where corrections cost less than their last bits', () => {
    const { plan, bytes } = planned(peft(), config, model(0, 2));
    expect(plan.mismatchShare).toBeGreaterThan(0);
    expect(plan.mismatchShare).toBeLessThan(0.1);
    expect(bytes).toBeLessThan((RANK * (OUTPUTS + INPUTS) * 16) / 8);
  });

  it.each([
    ['1', 1],
    ['alpha over the root of r', 8 / Math.sqrt(RANK)],
    ['none of the usual ones', 1.2345],
  ])('finds a scale that nobody wrote down: %s', (_, scale) => {
    const { plan } = planned(peft(), undefined, model(0, scale));
    expect(Math.abs(plan.scale - scale)).toBeLessThan(0.003 * scale);
    expect(plan.mismatchShare).toBeLessThan(0.1);
  });

  it('reads alpha where kohya keeps it', () => {
    expect(planned(kohya(), undefined, model(0, 2)).plan.scale).toBe(2);
  });

  it('tells √r from r, and tries all alphas of a pattern', () => {
    const [pair] = readAdapter(peft(), { ...config, use_rslora: true, alpha_pattern: { q_proj: 4, v_proj: 'x' } });
    expect(pair!.scales).toEqual([4, 2]);
  });

  it('lays factors out for tensors that are kept as inputs × outputs', () => {
    const pair = readAdapter(peft(), config)[0]!;
    const [layout] = factorsFor(pair, [INPUTS, OUTPUTS]);
    expect(layout!.left[1]).toBe(DOWN[INPUTS]);
    expect(layout!.right[1]).toBe(UP[RANK]);
    expect(factorsFor(pair, [OUTPUTS, INPUTS + 1])).toEqual([]);
    const source = toBytes(BASE, 2);
    const turned = { ...layout!, recipe: 0, scale: 2 };
    const target = toBytes(mergedBy(turned, BASE, 11), 2);
    const plan = planLora(11, factorsFor(pair, [INPUTS, OUTPUTS]), [{ row: 0, target, source }])!;
    expect(plan.mismatchShare).toBeLessThan(0.1);
  });

  it('says so when the adapter explains nothing', () => {
    const pair = readAdapter(peft(), config)[0]!;
    const target = toBytes(
      BASE.map(() => bf16Bits(random.normal())),
      2,
    );
    const layouts = factorsFor(pair, [OUTPUTS, INPUTS]);
    expect(planLora(11, layouts, [{ row: 0, target, source: toBytes(BASE, 2) }])).toBeUndefined();
    const huge = layouts.map((layout) => ({ ...layout, rank: 2000 }));
    expect(planLora(11, huge, [{ row: 0, target, source: toBytes(BASE, 2) }])).toBeUndefined();
    expect(planLora(11, [], [{ row: 0, target, source: toBytes(BASE, 2) }])).toBeUndefined();
  });
});

describe('readAdapter', () => {
  const [down, up] = peft() as [AdapterTensor, AdapterTensor];

  it.each([
    ['a factor without a partner', [down]],
    ['another rank', [down, { ...up, shape: [OUTPUTS / 2, RANK * 2] }]],
    ['bytes of another length', [{ ...down, bytes: down.bytes.subarray(4) }, up]],
    ['an unknown type', [{ ...down, dtype: 'I8' }, up]],
    ['a rank of 0', [{ ...down, shape: [0, INPUTS], bytes: new Uint8Array(0) }, up]],
    ['numbers that are not finite', [{ ...down, bytes: new Uint8Array(down.bytes.length).fill(0xff) }, up]],
    [
      'other tensors',
      [
        { ...down, name: 'lora' },
        { ...up, name: 'model.norm.weight' },
      ],
    ],
  ])('passes over %s', (_, tensors) => {
    expect(readAdapter(tensors)).toEqual([]);
  });

  it('knows how many bits the factors need', () => {
    expect(readAdapter(peft(rounded(UP), rounded(DOWN)))[0]!.places).toBe(7);
    expect(readAdapter([down, up])[0]!.places).toBe(23);
  });

  it('finds modules by the end of their names, when that is not ambiguous', () => {
    const pairs = readAdapter([...peft(), ...kohya()]);
    expect(pairForTensor(pairs, 'layers.0.self_attn.q_proj.weight')).toBeUndefined();
    expect(pairForTensor(pairs.slice(0, 1), 'layers.0.self_attn.q_proj.weight')).toBe(pairs[0]);
    expect(pairForTensor(pairs.slice(0, 1), 'layers.0.self_attn.v_proj.weight')).toBeUndefined();
  });
});

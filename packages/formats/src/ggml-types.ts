import type { Dtype } from '@weighbridge/core/tensor';

/** A type of ggml: rows are cut into blocks of so many elements and bytes. */
export interface GgmlType {
  readonly dtype: Dtype;
  readonly blockElements: number;
  readonly blockBytes: number;
}

const plain = (dtype: Dtype, blockBytes: number): GgmlType => ({ dtype, blockElements: 1, blockBytes });
const blocks = (name: string, blockElements: number, blockBytes: number): GgmlType => ({
  dtype: `ggml:${name}`,
  blockElements,
  blockBytes,
});

/** By number, as in ggml.h; numbers that are missing were removed from it. */
export const GGML_TYPES: ReadonlyMap<number, GgmlType> = new Map([
  [0, plain('f32', 4)],
  [1, plain('f16', 2)],
  [2, blocks('q4_0', 32, 18)],
  [3, blocks('q4_1', 32, 20)],
  [6, blocks('q5_0', 32, 22)],
  [7, blocks('q5_1', 32, 24)],
  [8, blocks('q8_0', 32, 34)],
  [9, blocks('q8_1', 32, 36)],
  [10, blocks('q2_k', 256, 84)],
  [11, blocks('q3_k', 256, 110)],
  [12, blocks('q4_k', 256, 144)],
  [13, blocks('q5_k', 256, 176)],
  [14, blocks('q6_k', 256, 210)],
  [15, blocks('q8_k', 256, 292)],
  [16, blocks('iq2_xxs', 256, 66)],
  [17, blocks('iq2_xs', 256, 74)],
  [18, blocks('iq3_xxs', 256, 98)],
  [19, blocks('iq1_s', 256, 50)],
  [20, blocks('iq4_nl', 32, 18)],
  [21, blocks('iq3_s', 256, 110)],
  [22, blocks('iq2_s', 256, 82)],
  [23, blocks('iq4_xs', 256, 136)],
  [24, plain('i8', 1)],
  [25, plain('i16', 2)],
  [26, plain('i32', 4)],
  [27, plain('i64', 8)],
  [28, plain('f64', 8)],
  [29, blocks('iq1_m', 256, 56)],
  [30, plain('bf16', 2)],
  [34, blocks('tq1_0', 256, 54)],
  [35, blocks('tq2_0', 256, 66)],
  [39, blocks('mxfp4', 32, 17)],
  [40, blocks('nvfp4', 64, 36)],
  [41, blocks('q1_0', 128, 18)],
  [42, blocks('q2_0', 64, 18)],
]);

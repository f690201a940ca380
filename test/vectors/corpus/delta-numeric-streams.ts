/** A stream that an independent decoder, written from the format page, decodes to its target as well. Bytes are in base64. */
export interface NumericStream {
  readonly says: string;
  readonly operation: number;
  readonly source: string;
  readonly target: string;
  readonly payload: string;
  readonly resource?: string;
}

export const NUMERIC_STREAMS = {
  t16_bf16_adaptive: {
    says: 'a few bf16 weights, coded adaptively',
    operation: 5,
    source:
      'pjsyOy69OzyNPN48v7rBu7I7/byCvJs8mLuPvHs7BzwNPNO8AD3rug+8w7ydPNO8HTu7PAQ9oDt0O7e8srsBvO+8TryOPGW837q9vAy9kzz2vCC8bzxTPOq8erqcvMI8X70FPTc8hTzRvMY8D7yVvPa88zuHO9C8',
    target:
      'sjspOy69OTyNPOA85rrIu7Y7/LyDvJs8n7uOvGs7DjwRPNO8/jzVugq8w7yePNW8KTu8PAQ9oDt4O7W8t7sDvO68TbyKPGe80Lq8vAu9kjz1vB68bzxSPOu8f7qbvMQ8X70FPTs8iDzSvMM8DrySvPi89juLO8+8',
    payload: 'BDwAADAAACkAAI6NObW1vQwFNkMoTRdkr/n2RYvrf8BF4IaodQEkrtfzhuUtlNRi4LkAfCXFAg==',
  },
  t16_bf16_own_tables: {
    says: 'bf16 weights coded by tables of their own',
    operation: 5,
    source:
      'ADwlPEo8bzyUPLk83jwDPCg8TTxyPJc8vDzhPAY8KzxQPHU8mjy/POQ8CTwuPFM8eDydPMI85zwMPDE8Vjx7PKA8xTzqPA88NDxZPH48ozzIPO08Ejw3PFw8gTymPMs88DwVPDo8XzyEPKk8zjzzPBg8PTxiPIc8rDzRPPY8GzxAPGU8ijyvPNQ8+TwePEM8aDyNPLI81zz8PCE8RjxrPJA8tTzaPP88JDxJPG48kzy4PN08AjwnPEw8cTyWPLs84DwFPCo8Tzx0PJk8vjzjPAg8LTxSPHc8nDzBPOY8CzwwPFU8ejyfPMQ86TwOPDM8',
    target:
      '/zsmPEo8bjyVPLk83TwEPCg8TDxzPJc8uzziPAY8KjxRPHU8mTzAPOQ8CDwvPFM8dzyePMI85jwNPDE8VTx8PKA8xDzrPA88MzxaPH48ojzJPO08ETw4PFw8gDynPMs87zwWPDo8XjyFPKk8zTz0PBg8PDxjPIc8qzzSPPY8GjxBPGU8iTywPNQ8+DwfPEM8ZzyOPLI81jz9PCE8RTxsPJA8tDzbPP88IzxKPG48kjy5PN08ATwoPEw8cDyXPLs83zwGPCo8Tjx1PJk8vTzkPAg8LDxTPHc8mzzCPOY8CjwxPFU8eTygPMQ86DwPPDM8',
    payload: 'AngAACsAAAgAf4vIAAAAAAAeAADqX4VEaHGMRKnFm9LH1a0bck29q+a5uWjt7JhUR1I=',
  },
  t16_special_codes: {
    says: '−0, NaN payloads and subnormals, as they are',
    operation: 5,
    source: 'AACAf/9/AIABAA==',
    target: 'AIDBf///AAABgA==',
    payload: 'AAUAAAoAAACAwX///wAAAYA=',
  },
  t16_nothing_changed: {
    says: 'a block without a body',
    operation: 5,
    source: 'AQAAgA==',
    target: 'AQAAgA==',
    payload: 'AQIAAAAAAA==',
  },
  t16_bf16_trained_tables_and_an_escape: {
    says: 'bf16 weights coded by the tables of a resource, one of them by the escape',
    operation: 5,
    source:
      'ezwHPCq9rbwyvHC9MbwOvBW8ATu2vDW8sTxdPDi9pbu1PES9/7wBuwC9hLxNu0w8/zxFPe874jwVPd47ZbwqPCK6KDwbvH87pzynOz68KjyGOy08BT2uvHa7aLoBu5S7YzwYvOs83jwgvLg8n7vuO/M73LyvPH68',
    target:
      'ejwGPCq9rbwyvHC9Mbz//xW8ATu2vDW8sTxdPDi9pbu1PES9/rwAuwC9hLxKu0s8/zxFPe474jwVPd07ZbwrPBm6KDwbvH47pzynOz+8KjyGOy08BT2uvHq7Y7oAu5W7YzwYvOs83jwfvLg8oLvtO/M73LyvPH+8',
    payload: 'AzwAABkAABIAAMatkU1VcE8B4M4sfpNiahxqEPFDCwA=',
    resource:
      '4f2BsFgXufMbcZKzqoGMjpPi9OJgZXUUfNQ6MOoFO6O23xlEHjxb113ZbAMOEyxQNSognI3KpecePG/jkP+xVOr5DEckGf4QYsGGAlHJdSsWTiHEsfP0DiIq4bVupXcDu4nNMC0uXtSz9wAA',
  },
  t16_f16: {
    says: 'f16 weights coded by tables of their own',
    operation: 6,
    source:
      'ACCJIBIhmyEkIq0iNiO/I0gk0SRaJeMlbCb1Jn4nByiQKBkpoikrKrQqPSvGK08s2CxhLeotcy78LoUvDiCXICAhqSEyIrsiRCPNI1Yk3yRoJfEleiYDJ4wnFSieKCcpsCk5KsIqSyvUK10s5ixvLfgtgS4KL5MvHCClIC4htyFAIskiUiPbI2Qk7SR2Jf8liCYRJ5onIyisKDUpvilHKtAqWSviK2ss9Cx9LQYujy4YL6EvKiCzIDwhxSFOItciYCPpI3Ik+ySEJQ0mliYfJ6gnMSi6KEMpzClVKt4qZyvwK3ksAi2LLRQunS4mL68v',
    target:
      '/h+IIBIhnCEmIqsiNSO/I0kk0yRYJeIlbCb2JoAnBSiPKBkpoyktKrIqPCvGK1As2ixfLektcy79LocvDCCWICAhqiE0IrkiQyPNI1ck4SRmJfAleiYEJ44nEyidKCcpsSk7KsAqSivUK14s6CxtLfctgS4LL5UvGiCkIC4huCFCIsciUSPbI2Uk7yR0Jf4liCYSJ5wnISirKDUpvylJKs4qWCviK2ws9ix7LQUujy4ZL6MvKCCyIDwhxiFQItUiXyPpI3Mk/SSCJQwmliYgJ6onLyi5KEMpzSlXKtwqZivwK3osBC2JLRMunS4nL7Ev',
    payload: 'AngAADcAAAgAf4XKQdISAAAqAAAqs/cEaxb4BMZ8k+Oxjz8mta8zr3tph42p9hKnOO+2cIUhhazDY3zcLAg=',
  },
  planes16: {
    says: 'bf16 weights without a base',
    operation: 3,
    source: '',
    target:
      'zDuCPM07XjsKvHA8grs4PPY7EL1BvJQ8kryDPPu6jDyCOy6797pDO8g8pDxAvO087ztIPFs7Oz0kPMa7JLsAPLe68jwLPH28a7zyvEW8eL2QvHM8prsSPJa8jDwhOyc9r7wGPQW9FDzlPG08hrxMvK+8VzxdPFG8DrzuPCs67Lssu68857wiPDK8obzyO6a8PLuCuye83jyjPBe8DjtMPfE8Nb2GvAO8d7w/PZM7pTyovP87Nz3QvGw8AT0NPC47BrprvC48+DwCPbY8n7yJO7k8hDw4Pcg8IDwrPCW7OrxnPLW5F7sAvTi9S7yOPOG8',
    payload:
      'AANABwR4AACzAAByAACc4yKTTy/aJDUXkkAY22cEiMsNvJcn9fKYUl7xUBCZrOgEAt2GO2InKBm8G4prsdprcjAza2oH+Ft/XV1q8twgjGGof7bjeNBnQXUZFSBPZ8f+b6EDTa9DFx9Z7W73pJQy4WVwcrUNpdRQYqf8+0GFhxBIygUFHINlh9RvgKEOZtgJT7ZXG2FNjeLPi6qd7zrNlulPNdRZz/aMsn3vpuEeKMp9DMQvggBgW7429xHHAw==',
  },
  planes16_zeros_and_escapes: {
    says: 'three low mantissa bits that are always zero, zeros, and −0',
    operation: 3,
    source: '',
    target:
      'AIAAAAAAGDwAAAAAMDwAAAAAADwAAAAAGDwAAAAAMDwAAAAAADwAAAAAAIAAAAAAMDwAAAAAADwAAAAAGDwAAAAAMDwAAAAAADwAAAAAGDwAAAAAAIAAAAAAADwAAAAAGDwAAAAAMDwAAAAAADwAAAAAGDwAAAAAMDwAAAAAAIAAAAAAGDwAAAAAMDwAAAAAADwAAAAAGDwAAAAAMDwAAAAAADwAAAAAAIAAAAAAMDwAAAAAADwAAAAAGDwAAAAAMDwAAAAAADw=',
    payload: 'AwCABwRkAAAuAAAdAAD/5RS0nO6YJoE6c18TZT0j1nxLOL2+kvuVdJ9OcAEAQAAAEAAABAAAAQAA',
  },
  planes32_of_bf16: {
    says: 'f32 weights that hold bf16, without a base',
    operation: 4,
    source: '',
    target:
      'AAADvAAAjjwAAK27AACUuwAAsrsAAAi9AAA6OgAAP7wAAC09AAAmOwAAkTwAAKi7AABCvAAAubwAALa8AACSvAAA57sAAI+8AABJPAAAgzwAAFm8AAAkOQAAETwAABs8AACaPAAAkzwAALg8AADvvAAAirsAAGy8AABpPAAAEz0AAKA7AADcvAAAMz0AAMO7AADaPAAA3jwAAAS8AABSOwAAfDsAAGY8AAA5vQAA9jsAAOO6AAAEvQAA6rwAAJo8AABnvAAAlTsAAAo8AAC+vAAAwjsAAJW8AABWuQAAb7wAACQ8AACIOwAAvTsAACc8AABGOwAALz0AAJk8AADwPAAAEL0AAJQ7AABEPQAAMD0AAOI8AAAXvAAAmjwAAHM8AAB2vAAA2DsAAJc8AAD9OwAAhrsAAF47AAAQPAAAYbw=',
    payload:
      'EANcBwRQAACFAABOAACSWGDU+WcvbHrEOFbfV9mdkyncOiQndgroabnThZ/lfeMSkZrO689wBnaz5CX4LxdmyPpOjN0cMLKAiZs7geiglEWMhgsbB1YXlgVNP0bHmxV0dAAAryxR0/UvNkhyAABiZPCVYpB2xEnIw5dFr9S0rXIAAI+gzi4QiEBP1uDaDAMA',
  },
  t32: {
    says: 'f32 weights',
    operation: 7,
    source:
      '2j/gPPUfhzzSiwI8dSkkPIQPNzwHoye8Q4JSPFLm+zq75Rq8uSrOu0STh7t4wQM90N5zO1iVqrwAoCo8dcb/O4/BBz0tGXk7jWj6OkZjA7xMee263L9bPBgdSbwI5YU8Vp2QPJ2gyjqOUNs7tgqcOomh9Toj7m2877JevNoUZLwivfO8814GPaU4Lb1qupS8FxOXPBoYeTuSty88+HunPEqfk7xLQyW85voGPIcQILzNwJU7eBMsOrEkUbwop4Q7pdPBPKeSBb2hhnm8jTwQvVeF7zwXUpa8BnzCuwHNrbroxba8mZadvEphCDqIeZE8',
    target:
      'wz/gPCAghzwsjQI8QykkPFQONzytoye8HYJSPPTh+zrq5Bq89ijOu76Th7tTwQM9F+ZzOwSVqrxtoCo8rcb/O3nBBz0QGHk7H2/6Ov1jA7yWdO26B79bPAwcSbyf5IU8np2QPN+eyjqET9s72BCcOqug9Tox7m28C7NevBMUZLyEvPO8414GPbU4Lb23upS8wBKXPJwVeTtRuS88e3ynPNyek7z2QyW8SfwGPDcPILxawpU73BcsOksmUbzJqYQ7mNPBPMmSBb01h3m8ojwQveCE7zzZUZa8OH3Cu9TJrbpyxra8CpedvJNeCDoCepE8',
    payload:
      'AAQ8AABgAAAxAACRm63w6Yw/cQaOkAJpf6XrR6Tdt3xA17JkFNndNlYurLvlEhuCavngiIV1ovFP6Em2Wa1DTRX99vQeZQ01lnQrXekXCe0iRJmLoCXB3yDXMaxBRhO6UE0im1ZikgY=',
  },
  t32_rounded_to_bf16: {
    says: 'f32 weights whose target holds bf16',
    operation: 7,
    source:
      '2j/gPPUfhzzSiwI8dSkkPIQPNzwHoye8Q4JSPFLm+zq75Rq8uSrOu0STh7t4wQM90N5zO1iVqrwAoCo8dcb/O4/BBz0tGXk7jWj6OkZjA7xMee263L9bPBgdSbwI5YU8Vp2QPJ2gyjqOUNs7tgqcOomh9Toj7m2877JevNoUZLwivfO8814GPaU4Lb1qupS8FxOXPBoYeTuSty88+HunPEqfk7xLQyW85voGPIcQILzNwJU7eBMsOrEkUbwop4Q7pdPBPKeSBb2hhnm8jTwQvVeF7zwXUpa8BnzCuwHNrbroxba8mZadvEphCDqIeZE8',
    target:
      'AADgPAAAhzwAAAM8AAAkPAAANzwAACi8AABTPAAA/DoAABu8AADOuwAAiLsAAAQ9AAB0OwAAq7wAACs8AAAAPAAACD0AAHk7AAD6OgAAA7wAAO26AABcPAAASbwAAIY8AACRPAAAyzoAANs7AACcOgAA9joAAG68AABfvAAAZLwAAPS8AAAGPQAALb0AAJW8AACXPAAAeTsAADA8AACnPAAAlLwAACW8AAAHPAAAILwAAJY7AAAsOgAAUbwAAIU7AADCPAAABr0AAHq8AAAQvQAA8DwAAJa8AADCuwAArroAALe8AACevAAACDoAAJE8',
    payload: 'EAQ8AAAaAAAXAAA2MK2+4Cl0kRmcMc4RROIb3V7khMk+mA==',
  },
  t8: {
    says: 'int8 weights',
    operation: 8,
    source:
      'ON/lBw4f+PoOJMkDHDA65PsJIeEF6Qn85Nvt5yoT7/0qwecF7vTe//X96P/yDMs5EBDp+vEK4UMY+w4C6Q7E8wkTPSL5rubVHRMA+xcH+tVC6uYN1dIZGf4FCSDnCOA8+e8UESPh8vMNLhT6BR4JFd4fy+fx1ukLIe0CJh797RIHMQ3jvhXgMO0a8fT7+/cb/do13PoPHTAbMBm7yx3v1RHjAAL14vcULhoPGungB9shAufU9UYQ2dcVLPk0CxTl6f/tNQsNHhY=',
    target:
      'N+DlBw0f+PkNJckCHDA55fsJIeIF6Qn749vu5yoU7v4rwegE7/Td/vX95//yDcw5ERDp+fAK4EMY/A4C6Q7D8woTPCL5r+XWHRMB+hgI+tZD6uYO1tIZGv4ECiHnCOA8+O8VESTh8vINLRP6BR4IFt4fy+by1ugKIu0BJx/97hMIMQzjvhXhMOwa8fT5/Pcc/Nk13foQHS8cMBm7zB3u1xLjAAP14fYULhkOGunhB9ohAubT9kcR2dgULfk0CxTl6QDtNQwNHxU=',
    payload: 'AsgAAEAAAAwAf5D0nfy3+fjAAAAALwAAqOH0AY/zbQE3QogZFBCbkbiydLeXnXDWsl9SBuGo42vGcXIafmOW6vMuX0WTAJY=',
  },
  qblk_q8_0: {
    says: 'blocks of q8_0',
    operation: 14,
    source:
      '3w05EjFLI+wND+FkE9EGMX/n4e0QS1rAhRfx79f/XjXt6f4MscpIBvZ/yP7+pgcny+rCKPH/1zWp5S4W/NMoDf++4A3ODQUBzvm9Qf7k2UAeFNw1EJsb7vgL7Ql/1vfeFUm/EMVCoQ0qH6H0//vo/pzNPiUHAfkLMdT9LeOovxGwOn/p7jHuGPAM9CZd7lUJ+RQpytbWkifRs90qLUhwsRwu0v1/CmIESs4+DeGqW9iBCM9BUSXZ+v603r1XNktDKfQr/kEPEgj59uBc',
    target:
      '4g04EDJLI+0ND+BjE9IFMX/m4ewPS1nBhBfw79f/XjXu6vEMsMpKB/Z/x/7+pQcny+rCKPH+1zeq5C8V/tMoDf++4A7NDQUCz/m8Qf3k2T8dFNw1EJob7vgL7gl/1ffdFUm/DsRDnA0qHqH0APvn/pvMPyYHAfgMMdT+LOSowBCwOn/p7THuGe4M9SZc71UJ+BQpytXVkifQst0pLUlxsBst0/1/C2MFSs5FDeGrW9mBCdBAUCXY+v223b1WNUpCKfUq/UEOEgn59+Fc',
    payload: 'AKyt1x1vdJbbzV7EwkOOWd3kCAhYYZMSVd8L+XT8E9n1I2J/s00rlTF+ZrnVgMvoILIWAuOPaDhAAA==',
  },
  qblk_q8_0_cut_inside_of_blocks: {
    says: 'blocks of q8_0, from inside of one to inside of another',
    operation: 14,
    source:
      'SyPsDQ/hZBPRBjF/5+HtEEtawIUX8e/X/1417en+DLHKSAb2f8j+/qYHJ8vqwijx/9c1qeUuFvzTKA3/vuANzg0FAc75vUH+5NlAHhTcNRCbG+74C+0Jf9b33hVJvxDFQqENKh+h9P/76P6czT4lBwH5CzHU/S3jqL8RsDp/6e4x7hjwDPQmXe5VCfkUKcrW1pIn0bPdKi1IcLEcLtL9fwpiBErOPg3hqlvYgQjPQVEl2fr+tN69VzZLQyn0K/5BDxII+Q==',
    target:
      'SyPtDQ/gYxPSBTF/5uHsD0tZwYQX8O/X/1417urxDLDKSgf2f8f+/qUHJ8vqwijx/tc3quQvFf7TKA3/vuAOzQ0FAs/5vEH95Nk/HRTcNRCaG+74C+4Jf9X33RVJvw7EQ5wNKh6h9AD75/6bzD8mBwH4DDHU/izkqMAQsDp/6e0x7hnuDPUmXO9VCfgUKcrV1ZIn0LLdKS1JcbAbLdP9fwtjBUrORQ3hq1vZgQnQQFAl2Pr9tt29VjVKQin1Kv1BDhIJ+Q==',
    payload:
      'HUsj7Q0P4GMT0gUxf+bh7A9LWcGEF/Dv1/9eNe7qRQ3hq1vZgQnQQFAl2Pr9tt29VjVKQin1Kv1BDhIJ+fqnUfhPHrQV4Mpojc2+EQsgis1mSNzYF/02ovVdMKDziL5JKPdTAAA=',
  },
  qblk_q4_0: {
    says: 'blocks of q4_0',
    operation: 15,
    source:
      'cZ5tKthrnMhcjl6m6MZ1eAxIah6baHqwmGm6mRrWeEfZi2S3NJ6CRFCXtfKNfG3Yj1SXRjz8YJxR1w95NZw/tj5dmVuktBXDCR06B1RDnJ5bg0K71qe1R3nIcx1pSqCZWHuOnVqsnmVCyQeU',
    target:
      'a55tKthrnMhcjl6m6MZ1eAxYcB6baHqwmGm6mRrWeEfZi2S3Lp6CRFCXtfKNfG3Yj1SXRjz8a5xS1w95NZw/tj5dmVuktBXD/hw6B1RDnJ5cgjK71qe1R2nIgB1qSaCZWHuOnVqsnmVCyQeU',
    payload: 'ALQATTRE/6/Q2NtQ/sBhL3oAAAA=',
  },
  qblk_q4_0_cut_inside_of_blocks: {
    says: 'blocks of q4_0, from inside of one to inside of another',
    operation: 15,
    source:
      'a5zIXI5epujGdXgMSGoem2h6sJhpupka1nhH2YtktzSegkRQl7XyjXxt2I9Ul0Y8/GCcUdcPeTWcP7Y+XZlbpLQVwwkdOgdUQ5yeW4NCu9antUd5yHMdaUqgmVh7jp1arJ5lQg==',
    target:
      'a5zIXI5epujGdXgMWHAem2h6sJhpupka1nhH2Ytkty6egkRQl7XyjXxt2I9Ul0Y8/GucUtcPeTWcP7Y+XZlbpLQVw/4cOgdUQ5yeXIIyu9antUdpyIAdakmgmVh7jp1arJ5lQg==',
    payload: 'DWucyFyOXqboxnV4DFiAHWpJoJlYe46dWqyeZUK0ABKXN+IubUADV/pkAA==',
  },
} as const satisfies Record<string, NumericStream>;

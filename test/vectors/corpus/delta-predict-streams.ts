/** A stream that an independent decoder, written from the format page, decodes to its target as well. Bytes are in base64. */
export interface PredictStream {
  readonly says: string;
  readonly operation: number;
  /** Index of the first element in its tensor; 0 when absent. */
  readonly first?: number;
  readonly source: string;
  readonly target: string;
  readonly payload: string;
  readonly resource: string;
}

export const PREDICT_STREAMS = {
  t16s_f16_scales_by_row: {
    says: 'f16 weights with a scale for each row',
    operation: 9,
    source:
      '7SjmITQrpKRkHMMsD61ELC+q6KmXnuUt66ZKKnwpWZagLe+tcKICJNQg553WJLMoD6deJ8yorxuHH3SsjSFBJQ+tZKKILHalPKcUmYsoE6bhKOqpLqV5KgcrVSGhKQSmlq4MqDAuqRs2JOar4CIJJWGoPiiAI0EgmaqSrKUpPZspJzefVaGDJGOn1anXLU2oqyFtq92iEi+2JBsnzSokJbqp0aRJITCmKqxEqEmtUKYBL40onisaqI2o/KyeqaMjuaxtLWog86qQqJQoRqu4qgwcmCVapbUtbypqnk8uLaGyq3wnk6hbKTijRazOokOmVqpoqLWsAaTglVca',
    target:
      'aihpIZoqCqSMHEwshKzXK5CpRqmznBwtIaaLKXkpnpSsLSmuvKJtJBIhPJ6+JOQoLaelJ9Oo2RscINKszCGCJXet8qLcLJulwac7l8QojqZLKUqqxaTUKVkqBiEjKbWl+K06p7AtsBsCJBKrYSLHJIioYCjSI2Agu6qhrL8p3ppPJ6eeoaHOJK+n86lSLQKoOSG9qpWidy45JDwmNSrLJCOpe6QQIYWli6yhqOit4KajL/0oKiyBqAepea0hqlQkLa33LUkgaqvNqAkpwqsyq8IbDiadpQcu2iqEn6IujaEtq/smW6gRKRujD6w8otWlAqoaqGysuaMLlUAc',
    payload:
      'ALmLE/Z4LkRjyNZflqHPXhAGlwq1mJUHnHFKsxzSAwh4m5ODIQtLTcBnJ2OVGw5Wi+OP/bBvuA0xXsobPu0dynSKv5U1N4hNH0cBibhzEAkaTuHEWYMB88q7RVdAr/T5KAdqY9dsucKORaBRHbOph2ya2p/ygcSS+1PlEspXAA==',
    resource: 'AQkODv/1Aa57SimLWb8T6pfGn9vKuZM8AA==',
  },
  t16s_f16_from_the_middle_of_a_row: {
    says: 'the part of a tensor that begins inside of a row',
    operation: 9,
    first: 33,
    source:
      'ZKKILHalPKcUmYsoE6bhKOqpLqV5KgcrVSGhKQSmlq4MqDAuqRs2JOar4CIJJWGoPiiAI0EgmaqSrKUpPZspJzefVaGDJGOn1anXLU2oqyFtq92iEi+2JBsnzSokJbqp0aRJITCmKqxEqEmtUKYBL40onisaqI2o/KyeqaMjuaxtLWog86o=',
    target:
      '8qLcLJulwac7l8QojqZLKUqqxaTUKVkqBiEjKbWl+K06p7AtsBsCJBKrYSLHJIioYCjSI2Agu6qhrL8p3ppPJ6eeoaHOJK+n86lSLQKoOSG9qpWidy45JDwmNSrLJCOpe6QQIYWli6yhqOit4KajL/0oKiyBqAepea0hqlQkLa33LUkgaqs=',
    payload: 'APYFcFdMtOy+aP+BymXuVU8nG1rZ/bd0zQaHIPhAn/qZrcWr2zRR+Vw/0u7wTmR8dYscyyZmURGJS4782owm0S6eCjcA',
    resource: 'AQkODv/1Aa57SimLWb8T6pfGn9vKuZM8AA==',
  },
  t16s_bf16_scales_by_column: {
    says: 'bf16 weights with a scale for each column, some of them negative',
    operation: 10,
    source:
      '4rwDvZ49P73ju2O90ruGvL88HD0lvXk7jz1YPJg9Mjtou4g8sr3bPO08gT1svNu8kTwZPXs9rDyLvYu7SzyLPIG82D3GPES7zr0TvVS9jr08PAO97LyxvIq7Sr0FvsW95jwUPV49JzyAPQG9Or3wuxy8NjwUvZq9tDopvU88Pj2AvaI6dD2aveI8KTwavY29ET1SPf262r0BO9w93ryQPXq9XDwvvTg8Pz2vvOk9aD2Ju0e8WLyzvJg9wTy5vMO8yjyrPdQ7CL1jPBu9m7qbPTq8VL2WPY+8Vj1LPfG9CzsPvYQ9Kz0YPMK8jr3IPF69Bj3zPAI9F70IPR29',
    target:
      '3LwMvZU9Rr0RvEc9/LukvOM8Hz0vvX47jT1EPJE9HTviuo08sr3ZvAQ9jD2ZvAm9mjwIPX89pjyNvVG7RzyGPEO8073MPFW75b0MvVu9fL1QPBy92ryevMa7Tr0FvsQ94jwnPXI9ETyJPeG8Pb1Tu2K8NzwHvZm9+zopPYM8Tz2EvbQ7hD2Nvcc8NTwcvZG9CT1dPcS71z02O/w9/bySPYa9PTw1veM7PT2kvOQ9cD2quSI8UrzAvJ89tTzKvM+8vDyiPQ08AL1ePBG9h7mTvW+8aL2jPXu8bj1APe692joXvXk9Gz3fO+28iT3MPIO9GD3oPP88Cr0QPRK9',
    payload:
      'AI9I6MNIdqUsDwWE0S7ZxluHDGUKf6As7bEUjBNt6yfdN1KfVeqvNA9XVXlfcvz60T9RzvbZpj+GqLUSdI2pAuOIfXLjfh4riZIETTmiWSTVx/GEDO62gMOOZbkjW86rjG3jE19YtSiwyLFX7A==',
    resource: 'AgkODv/CAsI9hSUSF0wkW1qPzT5GMVPPHQ/wqrXySaFyswA=',
  },
  t16s_f16_special_codes: {
    says: '−0, NaN payloads, infinities and subnormals, with scales',
    operation: 9,
    source:
      'AAAAgAEAAYAAfAD8AXyAf4D/wX////9/gACAPwAAAIABAAGAAHwA/AF8gH+A/8F/////f4AAgD8AAACAAQABgAB8APwBfIB/gP/Bf////3+AAIA/AAAAgAEAAYAAfAD8AXyAf4D/wX////9/gACAPwAAAIABAAGAAHwA/AF8gH+A/8F/////f4AAgD8AAACAAQABgAB8APwBfIB/gP/Bf////3+AAIA/AAAAgAEAAYAAfAD8AXyAf4D/wX////9/gACAPwAAAIABAAGAAHwA/AF8gH+A/8F/////f4AAgD8AAACAAQABgAB8APwBfIB/gP/Bf////3+AAIA/',
    target:
      'AAAAgAEAAIAAfAD8AXyAf4D/wX////9/gACAPwAAAIABAAGAAHwA/AF8gH+A/8F///+AP4AAgD8AAACAAQABgAB8APwBfIB/gADBf////3+AAIA/AAAAgAEAAYAAfP9/AXyAf4D/wX////9/gACAPwAAAID//wGAAHwA/AF8gH+A/8F/////f4AAwX8AAACAAQABgAB8APwBfIB/gP/Bf4D//3+AAIA/AAAAgAEAAYAAfAD8AXyAf4D/wX////9/gACAPwAAAIABAAGAAXwA/AF8gH+A/8F/////f4AAgD8AAAD8AQABgAB8APwBfIB/gP/Bf////38AfIA/',
    payload: 'ABVSJhYAAE2iDNR6DwWNO6BUPqszISivGz8HiT4E0OeixM9HS0QDiE7CAAFIrlWPG0RqAAOyHVR7u3Pm5basWHZdPcHniY2P9Q==',
    resource: 'AQkOBONs6V0w8w==',
  },
  t16s_bf16_special_codes: {
    says: '−0, NaN payloads, infinities and subnormals, with scales',
    operation: 10,
    source:
      'AAAAgAEAAYAAfAD8AXyAf4D/wX////9/gACAPwAAAIABAAGAAHwA/AF8gH+A/8F/////f4AAgD8AAACAAQABgAB8APwBfIB/gP/Bf////3+AAIA/AAAAgAEAAYAAfAD8AXyAf4D/wX////9/gACAPwAAAIABAAGAAHwA/AF8gH+A/8F/////f4AAgD8AAACAAQABgAB8APwBfIB/gP/Bf////3+AAIA/AAAAgAEAAYAAfAD8AXyAf4D/wX////9/gACAPwAAAIABAAGAAHwA/AF8gH+A/8F/////f4AAgD8AAACAAQABgAB8APwBfIB/gP/Bf////3+AAIA/',
    target:
      'AAAAgAEAAIAAfAD8AXyAf4D/wX////9/gACAPwAAAIABAAGAAHwA/AF8gH+A/8F///+AP4AAgD8AAACAAQABgAB8APwBfIB/gADBf////3+AAIA/AAAAgAEAAYAAfP9/AXyAf4D/wX////9/gACAPwAAAID//wGAAHwA/AF8gH+A/8F/////f4AAwX8AAACAAQABgAB8APwBfIB/gP/Bf4D//3+AAIA/AAAAgAEAAYAAfAD8AXyAf4D/wX////9/gACAPwAAAIABAAGAAXwA/AF8gH+A/8F/////f4AAgD8AAAD8AQABgAB8APwBfIB/gP/Bf////38AfIA/',
    payload:
      'ABY6Q3sXFalRelK+yHLVUFAHJzIIXJoUcyCsnP4lG9WdiRJ+cX2swOwRGHxGuNwOBCcGIfMcwjHK0Tx59Sn5dJN79iT3NRZA9oH+AN4X9Zw0wXQmca0KKujwrr5iruygVHYA',
    resource: 'AQkOBONs6V0w8w==',
  },
  t16s_bf16_without_scales: {
    says: 'no scales: only the noise of rows and columns is known',
    operation: 10,
    source:
      'AAAAgAEAAYAAfAD8AXyAf4D/wX////9/gACAPwAAAIABAAGAAHwA/AF8gH+A/8F/////f4AAgD8AAACAAQABgAB8APwBfIB/gP/Bf////3+AAIA/AAAAgAEAAYAAfAD8AXyAf4D/wX////9/gACAPwAAAIABAAGAAHwA/AF8gH+A/8F/////f4AAgD8AAACAAQABgAB8APwBfIB/gP/Bf////3+AAIA/AAAAgAEAAYAAfAD8AXyAf4D/wX////9/gACAPwAAAIABAAGAAHwA/AF8gH+A/8F/////f4AAgD8AAACAAQABgAB8APwBfIB/gP/Bf////3+AAIA/',
    target:
      'AQAAgAEAAYABfAD8AXyAf4H/wX////9/gQCAPwAAAIAAAAGAAHwA/AB8gH+A/8F//v//f4AAgD8BAACAAQABgAF8APwBfIB/gf/Bf////3+BAIA/AAAAgAAAAYAAfAD8AHyAf4D/wX/+//9/gACAPwEAAIABAAGAAXwA/AF8gH+B/8F/////f4EAgD8AAACAAAABgAB8APwAfIB/gP/Bf/7//3+AAIA/AQAAgAEAAYABfAD8AXyAf4H/wX////9/gQCAPwAAAIAAAAGAAHwA/AB8gH+A/8F//v//f4AAgD8BAACAAQABgAF8APwBfIB/gf/Bf////3+BAIA/',
    payload: 'AEVYabfK/V+gznTzgwVcuCvebOLq+A+KRW45a0O4US9M8qjV0JE=',
    resource: 'AAkO',
  },
  t16s_f16_as_they_are: {
    says: 'elements that no prediction helps',
    operation: 9,
    source: 'gnBeER1OLkY=',
    target: 'qXW+brpZjz8=',
    payload: 'Aal1vm66WY8/',
    resource: 'AAIC',
  },
  lora_bf16_recipe_0: {
    says: 'a merge by recipe 0, exact',
    operation: 11,
    source:
      'OLwUvLo9ZzzlO8A9Fb3TvIa8jD37PHc8bzyJPI29krxOPeA7sDzCvUE8qzwOPUk7fj2GPXc9Cb0PvUe9ZL2APEm9mDuSvOU87TyTOzW95jpoPB082L1vvCm9CzykPJI8HD2XPXW9obyyPHa9Ozw6vFw93Tx5vUo9Ar1KPRO9ijyVO7u8hbzyPD29Mj2Xvau9kr2oPC09hT2gPcW8g71gvQA9hT1BPaM76jtlPWI5jz1SvSc9fb3fvZY8AD0XvYU87jybO489kLyuPdI8qzyeO0G7zb0bPRK7mbzNPIU9Vb1qvXa8ej2ivHm9jD3vvNG8Qr06vbg9Oz2GO+G9',
    target:
      'XLyJvLU9UjuIPMU957z7u8q8hT3xPNM8YzuSPGm9U7xNPbA81DzJvS08hTwsPdW6ej1qPYU9ibwqvXG9ib2bO2W9jDwIvZw8Cj02PBq9aztTO2C4670tvAq9SztVPGc8MT2XPYi9gbyjPGq9lDzavIQ9LzyfvTY9Xrx5PSe9/jwIPPm8T7wRPY+9hz2cveC9tb3Ku4M9pD2pPR08mb15vQs9sj1APEM80zzBPb489z2MvXk8gL0Yvhc9+TwyvZy8oD2fPIE9iTzmPVM9PbyJvDK7D74zPRM8w7wIO+g9m72fvQU8uz2pvKi9RD0SvPe8g70WvaU9PT0ZPRa+',
    payload: 'AA==',
    resource:
      'AAkOAwAAAAAAAABAAAcAB7wmV0Tv2kcXrEMPhCB9CDIeElNkE1T15yZMHGAnDef4B6bPHTH2jJRNdhD1D7/MEH1wW3oykPaJpxvchWZpOYygM6ECBqaarV+dLiqt3KmkJt79s14okbYV3c54qH5dQJWkXfNA',
  },
  lora_bf16_from_the_middle_of_a_row: {
    says: 'the part of a tensor that begins inside of a row',
    operation: 11,
    first: 40,
    source: 'aDwdPNi9b7wpvQs8pDySPBw9lz11vaG8sjx2vTs8OrxcPd08eb1KPQK9Sj0TvYo8lTu7vIW88jw9vTI9l72rvZK9qDwtPYU9oD0=',
    target: 'UztguOu9LbwKvUs7VTxnPDE9lz2IvYG8ozxqvZQ82ryEPS88n702PV68eT0nvf48CDz5vE+8ET2PvYc9nL3gvbW9yruDPaQ9qT0=',
    payload: 'AA==',
    resource:
      'AAkOAwAAAAAAAABAAAcAB7wmV0Tv2kcXrEMPhCB9CDIeElNkE1T15yZMHGAnDef4B6bPHTH2jJRNdhD1D7/MEH1wW3oykPaJpxvchWZpOYygM6ECBqaarV+dLiqt3KmkJt79s14okbYV3c54qH5dQJWkXfNA',
  },
  lora_f16_recipe_1: {
    says: 'a merge by recipe 1, exact',
    operation: 12,
    source:
      'DyxrndgqRqIDI8Wqv51JqHossKghra2oOyEHKsst8Cg6qoIjY6gUIDQn8KMQKYeeyKwCo60gTyj5lmugHJzgodsmBikPp3uqwasbJWcjs5fmJzunXShJLmmsrSf/KJqjkSb+qFiuw6NcLZ0hOafQkYYnMa37rXYXJIiUKzutATCoqXAoOii4KmMsg6RTqo8o1SMdo50i9KTkKWWf+aixqgaqKqnDpaas9BmQJ++gkSZjqAoTHas3rM6siy7fKBMsYa1MK62i6Ju8poQuUqoXLMMlBKNgqY0k27CDpd6mPiK5q9ouByUELUEskKMKoAWsaK5AGuOrQSj3p6Kb',
    target:
      'FywyoCQrgaHRI8mqSpU/qH8sbKhLrSuo9yAdKgsu8Ch4qvIi9ajyHtwnFKVnKTCen6wnpMAiTSi2GU6lHSDWnGooBSkFpISqIqzYJZwhqhznJ2qnGyjWLvisZiYvKLWjZCQeqSmui6SbLdcc7qbbkDQoSK3grc8YqpGJKz6t1i/fqSwovCgXKpEs86TaqLcmriVWodQhdaVdKwikBambqnOpl6lio8es1h8rKNejuyV2qQaTCaufrIGshC58KWwr/6xLK+2cHZyup2Eue6veKygnz6WwqLoksbDZprikKyJBrCQvuCT1LHosqqKVpFirp67Ljter5SeXqLCc',
    payload: 'AA==',
    resource:
      'AQkOA2ZmZmZmZuY/ABcAF72V5Wo7f2EtSMg4MT7uyLzhZ0TV19xHWi1x+hiIeZ/U9VKGsauBXXhsgi5CByiQlNgac67yWg5y6FhD+3NplfKpSPaB0DXZOD0O5+pbMOpNUTE8KqiK73IZThvOZoBlOwKDVkwQFDkw+KNd1EnNcDYAFy/IBOfpoBshcm5mGJ2M+A2IGC5YNcXdkmqEajBNlMkrISmlfEKY0Mj1O9g38pc1qX7V6CvA4GZXZ/g9Y1uTEzTpf6H7VG9DQygTQcxp7KLgV/tT+kHM7mXBZ696BSsWSTLC6fyxafg6JaG/4q4B3pd2hEuJk7Ua5CDRq57GCGg=',
  },
  lora_f32_recipe_2: {
    says: 'a merge by recipe 2, exact',
    operation: 13,
    source:
      'fwIvPk49ezpcv0Q9bCKtPdDFhDyQ4cG953s8vVTPWD2DElO90mgtveMdu7zGUwq8WLeEPR85nby8B6i9BX3WvZF6sDw2IJ07x7t1O9TjIL32U+s8/qrWvKa4hL178fS8uCiwOwyD+ry2rsO84cE5vYfzm70Ed7Q6fnF6vfc8gr2W0pQ823NWPByOir2mBI09sWnJvRLEor2ZPdG8ezWVPAyiGT0x4Yw9wP9TPXuDiDyaGZy9TtoZuyLvH73nlji86hnVvFP2G71/0Ow8wEkDPRNNUD3RRB494T8+vbioVb1zFnE9RW2KPaOV5jwy5O48Bcmju05IDr3sXJk8HTSwvavgWbwzyaS84ALAPd5SnTuAL5w8iTbfPEf+vzzIrn89mwD4PHL6BTxWJKK8r+hPvRw7Pr3vwpy7g1iYvT3wS7ungKI9PnFNvTY/h72iSaA8ucMEPcqpw7wz7gm9yudJPTiK4zyJGqa7IsqfvSDccz31E2M7QdXsvG/OMj3tOAm9MBXgPM83L7pqRUK87oe8Oz4oR7uh59e9jvgovRlwHbyZuZ29J9JaPV5PCzxKX446kdtOve1T8rx2ByK9WLhRPJNwiz0dGve87USGPbrtaDybLp67+aGBvASrCj39YGS92IoRvXtt9T3mnjw90SDGO28hp72RzKe7',
    target:
      '/zsaPupxlDy4/sE8bJizPeiAIz0gp3295+MUvVSbLT2D9Fy90jpFvXnHpr06PGM8WMmJPXxE0bu8eqG9BUewvSK9WzwOSJU8DgkRvNRhAL37LR09f118vaYyh70KbTg80n2dvIadXL1bO1e9hB82vA7bW72QcIa8ftcWve5Ver1QKx67JTRAvBxio72mwpI9sbqrvSRGdL1ncpU8CsUevAyqAj0xhpM9wGkMPb6zSz2aQ9S9smUYOyIpHL0ycvc7qJeIuyrphr344yU7wFEkPUzcCDzR9jc98GGHvbh+Ir06ZYk9RYaHPdLaDD0ZsgY9guR5vE78Kr3seIw8Hdy+vaswHLzMFI674CXUPZGuIrwAPyo8RMERPY5MfDzIUHI9m4TjPHCsjrqsiDO8r45VvRypPb2I7l88g22rvQSTBr2npbE9fE75vGwGUL14+Yi7uTMrPcrhyLxmrOe8yodqPTianjyJmse7IuykvSD8Oj39JHI8CGohu2+aKz3txFa9YKp8PELuoDzAUsI5BIaevPiyojyhPe+9jspJvQYsHL2Zkbm9FIuuPV73OTwL5ru8eOP8O+0L8bzshrC81HOgvJMOrj0ORy297bGkPd0uxTxOV0i8+a2avAiSuDx+foW9YBMGvL4oHD7mZE49zDubvG+ttr3c7Kk8',
    payload: 'AA==',
    resource:
      'AgkOAwAAAAAAAABAAfcB9f43cdiUbyqLpsuCW3GYlmuJSA8E98jZSa1iqmpXev+CtwCHhpYb/J35LXfkHkvtVyVbBlEC/3gqvpT7VJSXBFeqDfQFszH66bMlsAGAz3UexzboIYA=',
  },
  lora_bf16_recipe_3: {
    says: 'a merge by recipe 3, exact',
    operation: 11,
    source:
      'Cz1dvIc93j3XvBs8XDztu5A9oD2VOnu9yTwDvoI5Xj0mO8C7nD0Qvca8Iz2FvVs8f7vEPRA9kbxNvbC9X71pvYc9Pb1NvWO857yTvCy9/z2pPfW6gbz2vMK9rrxavFS9Z73EvGa7urylPcQ93z3FvUi8/7vsvNy8fb0/PYe8sLxivUW9nbxMvAA7QL28PXy9oL1bvcQ8rToRvBs9NL1yvZ89tzodveG8xr0HPYK7iD3GPXA9m72LPHW8oLwXveI9KD08u5g8nr0HPi89Yb32vMu8ljsRu9c8XL2JPDy9Iz1YPIG9nr2euWs9VzwkPYc917yWvXu8s7xbvf05',
    target:
      'KD0LvJE94z2MvOC5TTzavI89mD21umi95zwMvqM7Nj0GPAa8mj2XvJS8OD2JvZw8NbutPRA9kDpivba9b71WvW89Jr1BvSA6+LyZvDS97z2gPYg7irzMvMa9tbw2vHm9d730vPa6y7ymPdQ94T3avRu8MLvfvPS8ZL0ZPam8Dr1avUq9lLxMu647ar29PWy9ob07vc08u7v+uwg9PL2FvZU90LghvQi9tr3uPFA7iT3QPYQ9kr0QPIm8lbwcvdY9MT22O5Y8mr0GPjs9YL0Jvcu8Pzs4u8Q8Y72KPD69Fj0mPIS9or1avGc9gzwNPZA9r7yIve67SrxSvQa5',
    payload: 'AA==',
    resource:
      'AwkOA2ZmZmZmZuY/AfcB9fzfleaMjKAiHIICfOgewdA1dIonfM8L/Pgek5HhY+8uIPd0SJpsIQOGBRZ67OgXYC35Yd0+2CyMtXQcOEHmcPJhvxvV+dFMtvU1UGzkicI0FzsQ',
  },
  lora_f16_recipe_4: {
    says: 'a merge by recipe 4, exact',
    operation: 12,
    source:
      'JC4CrUWq9iIELSOsGai0nF+nFSYVqKCogaiOI8io0hCQIzWvDx1Jq3Ik6ysWMC8cGaCHKWarmCgSKyesbSNYpmuorp0pobAk1KCAKK6rnSbonQorEBvgKfinnqLdqjIm06QXKoGeaatUnSeqbyoNpwGllCXDJYgm6Cf9p9iaw6aFpRQjB6eJoe+o+JzCrVyrh6U9qMQrd6miLVsqCyXFJdwnp6kxrFupOCU8qjqRpikzLQUtjKtgrJakYyfcKCKp8yPSoRUrk6jnLUqtYyfFpfyshCR2ml0oGqUXreasoSfPoXSsvqg2q72muiqLKt+e8qVHJsGrHBBJI8mj',
    target:
      'Oi6wrIaqQiUlLDasKg9En2SjzyKSqpOk76PKJtanaSBzJHuvJyTVq3giTCzaLyki5hwBKIOsASglK/Oqih/FpP+o3564Jpcm7R/IJxOtxSikISssdiQ5LRypD6N+pxIjZSbrLN8gkqnNnfiryCkzpi+oJZ7HJpMnSR6bpXGmTqrypq+Xy6g1IGCmjpktr52tB6cmqMkqPadHKkwpxCG0JJMmVanxqzOqHCW8qTacuClsLQQtqqoErD2j3yd/KFGpRiR1oXcsuaajLnqtYSf5p8WsxyF1oG8oM583rXCttydsI86rOaHjqhir1SjcLOmolqbNHTCrlybNJTaX',
    payload: 'AA==',
    resource:
      'BAkOAwAAAAAAAABAAAcABz45s0DYCpYU6FGDcvFN71ulcaSHOSy0T/dm8Xu2GPsZjsWCk6sVYwu0FVwZmb8sR3Xeu080i9KHEJhXgwurklCc41A1fqXQu9kQZJCX+gpXExm1ONseHNM0xZZg8kc6FxgeqW+TAA==',
  },
  lora_f32_recipe_5: {
    says: 'a merge by recipe 5, exact',
    operation: 13,
    source:
      'sYEXPaGKs7xSEOq8Ob6Gunlpw7su7o09/kuHvT0gij01o7u85EjXPCsWCzwSats8hvPUvTCYJT0Y9n88s1WevLst3TylhCS9S+ppvY7U5r0oE/e8F+dTOn0rUbx7B6G9p6PXPBO9ir1dO928HzKfPLL2zrztzQg+6uG0PaCG+rsRNwy7wnZcvXZsDb0SPD+7sy9eO0Zb7bzNhQW9p2w3vOrKCDuow9K8xAhjPTMLTr391a88QdMWvaxm/DyO4648XLydPVUw4TztixM9r13FvPoUgL08/ck9GhWxvDbwYT04HO09c/RyvOxwITuP6wM9ONcdPYRgCz55ZA49ktCsvIrjhT2FsNQ8kpBpPQwc0DytCAY+YN37PcckEr1nmd48uS14vMVDnzrGpKC9oiceu/YpSD3wGye9/nvHPbMrWrt2noY9xuCKvE0dhjx4uKk9cqi4PHZ7Z70gd6o84TNCPH1p8D3rBIq9sG8IPCV3cz3y58e91i+pvAcaHL1/o6C9QfY0vcPskz3+nsG90YV7vB8QhbzctpU7zB4du/3i/Dy40Z69ZWfVPOJa1T3f7yc9yEoHPR2SJz2NOxg73f7DPMq11r2dXSo8UUhTPC3wMrqq2E09qebsvEojgD3h5NU8qH6IPVpUNjtIc668EvYivXr3yLz75N69',
    target:
      'OKwaPQE3oLzPVgC9QnMfPFDVzblY4Zw9KmSMvcaoVT12Uwi9tbHLPOyzaTyWZBQ9JubBvStsID2M/R08oA2rvNr7qTxR1iy9nAqCvZO84r345Ni8+gZVPNbIHbxAqJG9pvZVPGAlnL2MUlW8KlKcPBUb6rwdBAg++VyuPe7CSryUjOq67hs5vfwR27zkoz+6AdTVO5+q1bypxwu9YH62vEZBUzw6Lve8sfdsPQx4UL2TQNg8hHE6vQIwCz3Ab7k8C5GnPW5E2zxuCCw9AkrlvIQQX71CMrs9zyMAvVNZVj2hluk9LFhivIxF5rrX9R49siYjPYEMET4Vqgw9n13bvBmvcz3FHuQ8eLZkPQh76zxwyxE+EAb6PRNTHb3X2N48QraevAclrjuc96W9zjHAuqDGQz30uh29lBvCPQgcyzlA7nE9voB/vPUN0jz+hKs9WsCIPM94Y73nuy48lt2sPCCQ8D30j2G9qtkyPJGsXz3Oati9OSRnvOnGOL2r/KC9MMiLvMsvjj127cG9fZmAvPLhgbyEuy87Ioo/uz5y+Ty7CZ29iiXlPES92D0IiSg9G4MFPT+CHz0nbqs6KI7CPLNS3L3sQQw8UQ1NPItVVLw9qE09KACwvKURlz3+Xgc9A32bPYIemDs7aK68KLZsvTQepbyVTOq9',
    payload: 'AA==',
    resource:
      'BQkOA2ZmZmZmZuY/ABcAF72Ff4tjndY/zEuigLOMs0rU95H7G8VXjU9aaQlqcdCkiSkNQXzNBX9fIc7my3MbQI+MzT3Z+gKfdvd2Ome5VYzlqCH7YEDE9DNt2dGNl6x25o/QFTdhCf81AfY+QgUartlL8GSwKoohr18IQg5EnJ4HCF0HuBM9SMtWREcSUEcTdqBjVDGUCOWxldH62M5vyTEpK4M2ho2DUQkRGLfRCqNzOxus+zT4mG+9B0LGsLCJ0qLKEXkTXYd3p/4VeeY3CY3tmQkb51P6QsiZeIp/xbAGLMOOE3Dnzw7ukCY+k9XK7J6/Y9+ouRp5Nx+k7/wueBYA',
  },
  lora_bf16_recipe_6: {
    says: 'a merge by recipe 6, exact',
    operation: 11,
    source:
      's7r9vR+99bwzu6G8u73POuM9Iz3TPPS8mTyqvZi9Nr2UvK28d72CPYg9Ez2wPfo8B72Pvao7A7wBO729JD2zPXU9Mz1EvXm6T71HPUa9JT4uvXc6hr0bPRY9xj3yvJA8G72BvZG9dTzsPZQ9ejvguxw8h70yvRQ+mzuSvc49wrtvOwg9GD3lvDq9czp9vDs86b01PJe9eL2vPMW9DT3GPG07uzxRvZG8KjxvPYM9VrwzOyS85rzeu8A7xjwivaw7SL2QvYU8DT0VPIa8Er0PvfI9NjtBPUy9XzsTvTQ98jzTOyk8Vr2uPHI9Tz27vfq8iDvUvLm8s7x1vOC9',
    target:
      'Ub1CvsY8I72Uu8C8xL1xPAQ+kj2BvEi8mzzrvXe9RLwOveC7Z73wPNg9VD3RPXA7lbyYvUe8gjyJPIa9jDy5PYA9+jwMve26RL0CPRK9Ij5DvX88Ob1sPcQ85j0Dvdo8EL1vvaa9zjsKPmw9Aju2O8M8ob3dvC0+17uQvI49ILruvFY9VD1avQy9sbvEvLU7873eu5G9gb1FPOC9Fj3nPNa7DT06vdG86TxzPYs9Djywu+Y8Qb0Ku6C8BD20vIu8Lb2NvZC7ZjwiPSO8EL1qvRA+wDyKPUG9O7z4vAU90zy5u088pr3OvIw9GT3gvYy9MDzTvCe96Ds0u/e9',
    payload: 'AA==',
    resource:
      'BgkOAwAAAAAAAABAAfcB9f57bYBizuFkLfGSsnKVoHbG1+4MGyuWEGoiMv2JM5RVyIrvHnZM2QhGMDTl9I/wnoCSCrHAbCivc2mQ1ha5tkQWjk4J9Xgq/UlIRoEP/RDOpegA2AA=',
  },
  lora_f16_recipe_7: {
    says: 'a merge by recipe 7, exact',
    operation: 12,
    source:
      '9SxdqpoiIioCpgOkPCo0oVEXISW9njIoMycbKBksnCO9rCsRqqSxLAyokypAqGUl9hLdnc6i6yK6KZsuw6xzJL6plq/gHwks3iZAqVQk+qNNnd0YESbvJ9IktbAhJfqqZCX+KHqqOShrqJgph6zYIrkhtiyipayhoCwbIT4kW5o5FAeq+SgTrCsYqCpgqZqsnC+Hoy+oQKwcGUEs4qzaokirlCOqpzsvbqTfLUUgKKlMKwCmip2OrE0r9BRKK52l+p20K3CmHxoQJo4q16ilKBMgGi1yqfQkJivQJsUOsCj9l4Gv/ahBJCooNS4OImykcSt0IA4qfaxoEs2i',
    target:
      'OC0vqGwg+SocpM6mxypFpNCabyWhmjAoBCevJissaBUIrbCcIKKsLEKpCCptqXYnsaGbndGkrR5iKTYtjKyyHOapCa8QlkksoiawqDgfg6OlntYbVyUsJgElnrBOIhaqbyV8Kcypfic/qHopgqykJBckNS2fp2KfWS0YlGgjc6I6oTSpYCgTrGOZSSksqSCspS/fo2+niayTHCgs+ayFog+r2yNnpyIvRaNXLnofgakvLO+n0Z3UrIwqbR0WK1+lfZ4GK0amUR7+Iy4sJKlzKNgg1iygqXQkUStGJgubVihpn2awSqnYJdYkHC8SIDiiIix3HLgpoqwkmGaf',
    payload: 'AA==',
    resource:
      'BwkOA2ZmZmZmZuY/AfcB9fx3ReMVEINge82+ktk4YnPIDKVUyW/hc3cLo4N7M24Fvxvqwha7XgEais8YDpLhW7efoaMf2eR7qtWEsWIQL/VAvi5lHdAWWMvnmQhaJB0u1vw=',
  },
  lora_f32_recipe_8: {
    says: 'a merge by recipe 8, exact',
    operation: 13,
    source:
      '1wewvRvfWj30RiG9CP5RvGECYLycspw9lX5TvUZ4Hbtih7M9oWUWPIHk2ryAUiy8xgmXvY89mr3rfCE9Q+JMPbuUEj3Hz8w8ukSTPTTUizwS38E7bYCQujWYmzwAhja9vQ25vUa2Z71tmnk8Toi1PKfqAr3KH1073JI0PbAthjwZ9vS8AoYCPTS0gjyWyVo9TzUJPYOLyLy494i9966UPEHGcTwcCKA8xeIVPX4pp72yJhE99hE3PWoKdz2WSAS9YlicPWHzRT313D27rdewOzLJErug6829s8tEOtBuo7z2LSs87V0GPQJOM7x4CeM8haCUu4D1kzzjjYG9z9omvDVWrTpS6Ce9wrbGvDOr3bwckl08gAfMPOOJ3Dx4lQy9h4LavBr2NDufwE09wY4MvVERa73s46g9nH8+OgxU3jyTU7I9dze8PNVbpr0k/RU9tQ7ovRjhdrwrTCI9oq1XvNFSWDw41yq9rRhRPe1pTz2Vj5g8/iqtvRyWs7yJ2Ew98sL2vLYnlj2k2zS9CJ8dPOihUr0wZ2o9U6ouvDIg2704lYk9/GdwPdblqT1VnGW8VgTaPEn6ZTxbida8KycAPn1mUT2V/i89lpq2PbrqxT2Dwp+8YVKFOzcrjbyKIZA9XE6DPcaLW72M9oC9wwQnvA7X+7wnPRi7',
    target:
      '1xHHvTtSJj1UykG9GJfVvGENArz8E7U9lfAmvXfG0jzCVtE96EYePaj2Lr2A4PO7IpqevQ87072nMEI9ZrNTPToNGT1YX548zWiDPVKXlTynXWe881CaOqfl/Dx4f1u9bC/cvdc3Yr2IebQ87xIGPZeCFL1QwYc5YpNHPfBMgTzSODm9lNO2PDRFnTxWT1s9fwc2PTZJCLywdIi9JwCFPDBhhTzY8QQ8ilbDPLYqrL2EKe88detbPQWhqj1sIuO8oiDjPcHQQD1fkeq81iZ2PNr41jys4c+99WNMvOjCDr0MMqA702v3PICOYbyhcuo8lv8xOyL6qTx6h1G99izcuzunh7v6Kwm9rpmRvKIm3bxqSBQ8cJOEPHJ7ET0wPIu8R5vCvIPl3jzAPY49wYYlvdEASb1YBjU9Qvk1vXRIgbw4tgM+96ufPJXwsb1SLZA99Y/kvZi8XbwLlVI9At0tvFiwj7w47n29LQQuPW0QID0KCg893lObvZTosrwJ5zw9MkG8vPbckz2EzDO92CsFPNT2c71W/Vg93SELPDp6vL0YsIs9fq+NPdYVnD36s6a8jjWpPCSBjTzr/PC8N+oBPj3RFD3dwA09OgWoPZovxT1MnIe7sIY0PJI5QzwK66k9+FdkPayY9byUK1K9Q4wfvCeKKL3l9eO8',
    payload: 'AA==',
    resource:
      'CAkOAwAAAAAAAABAAAcABz28QB/CkPMxTrWPrvrVgzdWMyp9r7RJhazW+5lOGVs2TAO6qraThPdPl6e2BUTY43sv2R1A+GLP1zTKEr/cDolc5xLF0lUyRL7IIpYrstJIlvF2bw4LoX9PrtyXZzcKfzhj08hszAA=',
  },
  lora_bf16_recipe_9: {
    says: 'a merge by recipe 9, exact',
    operation: 11,
    source:
      'BLxLPRe80L2rvRe9lr2KPQ49/Ty+vU07WTtXvdC8CD0FPQS9tT35vEq9JjxHvQG8U73cPdw8bD2dPS28Az0Wvdk7brxuvdi9VT2GOq48ez26O8e9mb33u4Y9Hb2qvbI8lD2xPFc9hLwWPZs7wrw7vAG9sD10Peu81r1TvDW9mTxoPbm9Hj1iPOq85b2bvZq7VL2IPHq8hTwcvMk95D13vC28FbzPPAG9jbwuPTG9NDzxPJM9Gr1YPNU8/7wAvbM9Qj2/u6W9grzIPBy8Sj2bPFi9Y7y9Pa67WT28Pf27ir3hvAu95zuKPaW7rr2ZPc489j0iO5m9N71wPW88',
    target:
      'Q7w4PeS7v720vSS9sb2NPTY99DyyvXo7vjs2vY+8ID0WPZ28rj23vBO9hDw/vey7bL3YPfw8iD2LPUK8Bz0nvQg8l7yDvdi9QT2OOt88gT0TPMu9gL36uoo937yxvfo8sz3SPGU9f7zhPBY7wLybuze9sz2CPfy80r2AvD29uDw9Pbi9QD2CPJ+85b2NvQq7Ur2zPIq8qTz+usw96T1zvIG8K7zIPOq8DLw4PSq9sTzSPJ49/byDPAU9/7wWva89Qj2oOpy9UbzrPIw7OD3GPEC9CLzHPam7UD26PVe7ar0tvTK93juCPbS7xb1IPbc8AD50Onm9K712PXU8',
    payload: 'AA==',
    resource:
      'CQkOA2ZmZmZmZuY/ABcAFzyBPM5hi7zWpx4LO49qXi30Vu6h0Sd/uIfMfMcqSGTqlOVfXdCI1rHH/7S8Gi/5AjUyvT97XYHzJ/uBl5dv/pD9nz+u4rLW2c345JxEypS2A59aRxvNC6edjWCb0cpxDjJZDauhPdrZYfIAx/8xNyVfLf2vruF0IUMuLKI4hzDwlduyincsJhJnqPFEjECse34aiJzXZubpYAlN8j60WtGQEekosDanctnlfFJA0az0swjelgFdbmbCj8OpHjIofSJEGMgG/O+EqNEDwf74PxMS2pZPzP+pTTuWR+6xRjfpoV6f91Up4jLELBYhmlXuwA==',
  },
  lora_f16_recipe_10: {
    says: 'a merge by recipe 10, exact',
    operation: 12,
    source:
      't6SnL9sm2Jy7oE0eaKlNLBWeRCbyKAmsjSA+qH0s5K1xrKUoQS0WpMOl9aWDqvMsUByWqjkqganGmhWr3yy5I9yqEKwIosijZaiFIFmZYyq6ptyfF6yCqpIsbSaxIhYmtiDVpxmtJaa+JxEuhiV2p9MqPqZBq14qyy6up7ga0ygYq1gs8SfvFLydHaGprXoaPynRJGUotScrIWiaHCd/p7wpFKzeJjivySJhJuAloSSLrJgkGSyKJkApJyLILEEsZixMsPMnYa+9qtkn+qSHKVovSKkpqQyb66nHJKUkO59dJbsrtqp0KEqmnigwrZQnwSDtqTOst6VapX6a',
    target:
      'iqgcMLIkWqjuo6Ij+6lwLJOntChBKgCtACP8qRYt/6w2rUcrMi1wF7SfdqQEqYQrxJ5EqKYr+qbNHDysjS1mJdKq9qydo0+lvqZHIqyWHyqlqLSgsaqnqwgtzCoiJlwk1yG+p3Sr0Ki8JCQvMCU4o3crBKmgqZwrRC/iqTCaVSjMqWYsYScCGjGjJqBerLwY3CmIJ38l7iXEJI2hGClOpwEqKqwRJEev7B3EHKUoVSi4qfQabCpkJ7Iq9RwXLAotbizir+kp1a+iqWgpJqYUKIcvG6oipyua6angJNofkp6LInUpQ6kmKkCMHiYCrkEotiTEqtSsu6H/pA8f',
    payload: 'AA==',
    resource:
      'CgkOAwAAAAAAAABAAfcB9fm++5YmZD/jhNh0IMFcAOAOt8o4pqbmecssUAD+pcqotM/lRf8Zbhw241oIfAAr7Wl83+knV/qw0GwqNQWIApd0TwH8Y9v61qG0Mg1zgSTQ',
  },
  lora_f32_recipe_11: {
    says: 'a merge by recipe 11, exact',
    operation: 13,
    source:
      'TlzyvJXGqLvIikU8S2jcPeCIhbz1KPu8trk4OwuLy7y6azU9EoNUvS2WK71mXCO7tC1PvAegaj1cya+8Gu+GPUebJL0cIZc8QE6xPN1gj7xIkO28E5y5PY2NOL1KIdc81fp4vDoE6b2ZcAe8yiiTvNqllr1+1SI9zXYgPOjyxrwT8EI8w1wCvdj2gTxMdb89XvvavKVp1LywHwA+0qRWPdDTZjxTMsq7HOYNvYwKAj3naMG8Io62vU+KyL1uI3y9l1AkPE0WZrx/Jfu9gZxdPENikz3tpq88MhFGvNXtET2snAc9dVHDu7oJIr0mu8K8cRClvQYBuD1Evm663bi/vEf4RD2xNS2949gqPan/izzI+9A7msSUOuaEgbpNRGw90xbEuZ9Rejx9Cdk9un4UPSD2qzwAoYm7aJuHPWutIzwqQ/C9RYO+OsAQNbtXuDO6OtsGPXbbZr3oeQy9/V7evYWY8LyHZRI8KvydPfhRTr1aTrs83TqIvb2Ac73KWwe9fJ7ZPIg8uL3X22Y9ontlPdIZH704lg09gREbPeBVkruQWeG8q8ZevVEf6jzD3JS8CA+Qu0Rhdz24v9E84CkcvZdEfL18dHS8gMTIPaSmhD3CE+G8aYwSvYb4bL364C88lg7bvE5yVbx26Zg7B7N3vK9OSj1Gmfu8',
    target:
      'Tgn3vDxJKDtk77Y8C/riPYqlC7312968UJM1O3GXyrx0LuA8eNUiveAjcL1n06c7gZJkvG0Bdj2PybC8AXl2Pce8IL0cf588DdzPPLXjJbvDF2u84KSmPSefJ70XwPY8b5BjvK1/0L3P8CU7MKrVvGfEk73Jdug8mrnrO+jVwbxwi5g8KZIKvVoQcjsMzbs9Xoq5vHL54LyW/wM+OJM2PU5jyTwukY+86bELvUvGyTznQZi84kywvWmoz72I+U69McZAPPPZsLxGKwK+dIe3POkChj26uOw8o6noOhDVwzxfqQQ91LX5ujqVOL0m4Nq8SxiWvVPRsz0cVAI83a+uvPoCaT2X0k294zJQPdwOizyjEwe7k0YTPJn2MLrnE0w9lnQ5OtD/iDzwEuA91EdHPe2C7zxNPU+89bGNPThWZzwdP++9NWEgPAMrITyFgza8h7sFPcNmS73Q8vC8vfjbvVy2JL1BRos7kJORPRJuPb3ncUo8B+R9vSuMjL3K7Au9r4irPC6Erb0Kk209Irk+PVKeJ704YBA9gYgpPfDIYrzImEm9+FNUvevg7Dz2ZKW8Q4lCu95nPT32qQQ9k8BAvbHBe72v4XS8ABnBPSSMgT1cLLu86Qwqvbl6e70t+mA8Y+u2vPQAl7y7eiI86mCrvMnWOj2sO+e8',
    payload: 'AA==',
    resource:
      'CwkOA2ZmZmZmZuY/AfcB9fL+BsW9nysSaUI7le770IAGHNEPdzlim+pNaGDUba1Qubc/Xd2Gb76eRMqqtIyGqYAPiDmpGZ8SXUgwtJoWLWVnSgh3fMKLVhAtwedLdp53KvjABmdkgA==',
  },
  lora_bf16_corrected: {
    says: 'a merge with some neighbors and some far off',
    operation: 11,
    source:
      'LjuxvWE7tz2MPGU9CT2ZPYC8aj2lPNI80LqzvRO9TDwGPti8tzwKvYS7ir3Lvaq9hz0lvFE92b2/O+q82TxfPVy8rTxXvDs9iD0WPQO9UzxsvU+8lT0DvqE9jrstOwQ9MrwZPEW9lz0KPQi9ZrySPVC9wzsbPL49172FPU49z72+u5s9Eb2wPCQ8oDwPPRu997snvVM9171sPNo8QL1jPT69aT3bvfg9xzwjPDa7TjxWvS2907sDvIG7eL2xPfW8gz0gPVg7+7qDvSq9OjxdPeG7zL0nvNu9r7vVPDu9t7v1vDS7mDlMPVW7I7yeuzo9iz2gvb89qD1avcg7',
    target:
      'Lryava08oz3vu5I9Hj2BvY+8Rz3zO448gDmhvV+93DwLPlG9/DvUvEW7hr0Fvnu9KT2ZvHQ92b1HPNS8xjzEPA28ID22vPE8Yz1gPbK8AzzkvHO8fT3yvaY9xLzHuyI9O7wIPIy9uD2ePCG9mbuRPTS9CLwrPbg9CL7QPVo9Fb4RPfc8UbxbPLo8JD1bPUu9pzqgvFk9yb13PAg8kLuTPIe8ez3ivQQ+Ez0GOzo8ED1zvQ69IbvPvBg90L3cPeG8Yj1MPRu8qjqevRu9kzwCPZW7kb0bvak99LzrPHW9dbxyvag8jTyMPBO9DDwouCM9DD15vWs9iT0xvU08',
    payload: 'AegAFcOlbnOeMtLJwFcmCQ1u3T9qFtOHPk+H/QI0WQA=',
    resource:
      'AQkOAwAAAAAAAABAAfcB9f4VUzRGNkOnC/+Y92sJrInJOLB9R7xvZ6q3/hQnjOnedXe8Q2KV84e4uCiR8RHJKrMc+ef4ob8eEvGz/1aIvmapcrOT+frc/g2vNR5NWamOdLZb',
  },
  lora_f16_corrected: {
    says: 'a merge with some elements two codes off',
    operation: 12,
    source:
      'C6maKPIaZaixKoQuxqUBJ0KmZ6sPq16iLyscFKajTyePqZ4hTRu3KA2cTi2prAsjUykhJwymzCodqe4VNSghKQYu5hwPJKCm46gRrV+ve5zjrIgeUB0IH68oFqtdKgiljK9qmOkkyiy6Jr2mwR0Go2Ip/CihppYsly1IHzupbiSkIi+sq6RUJqMqXKZ9K6ihyqyso76scyGHkuQRoKLKKXSo8aCwJyosGCDrnTojqyEmKvyqOa39J4wvzZtBpdKtIqz6nIUrDa0lLmsojKc2oUEv4yg0LnmduCAnpZuM5SUQJuqsYiKKKNEkdqBCpg+mRqVQqyqsBqojINqd',
    target:
      '8aqDLBgogquxpSAvtqjJKDGm+Kskr0+d4CZgpOqk/ijsrZKRPiogAWwkhywRqogeHyzqInmlhC3lqRMkRiZ+J5EtzJzDJNOmgKdQreyvO59orS0iSiRkpRMtaKniJ6AhN7BzGOyfVS03I4ijLiP1qDAqLibxqUwsDTDNocGm0BzrJEas6Jt8JAQsRZ7RKyWkia0CI2mqByXQmzcge6NWKoge/qBUKQcs7AL/Inest6HiL5evxKkpITAxVqTxI2iv8qutKiss+61MLGoq0iWSpfovJCiXLjScoir3pkskCimjJ9Kt/pl8KvsqDKLPpMGmKKUEq0iodKqiJTUY',
    payload: 'Ad0ANgFhnHXUtOE2HL3Iho48',
    resource:
      'BQkOAwAAAAAAAABAABcAFz5ZGMVAe96IOPBI1xKckpaTKIznqnmIl7A37RXmyq7eVKuLsiMl9g1g+pdHhETCNZuLIR7hthKNhkFwIQHGcu3qoCf1HW3vJtW6ZrsStkPk9q4S1Uy7cHb/wwumO9oSreqs5W1/vg0zGldWxOQuLPRRV5nsEcEvkXwSX8pEVLzmRjkw2IoBgKFAYa7ITRUz8oWUmDkcAE3sRU+fTjAwAVmKIsRX2sv+qjyZiFMH5BCzJbiAhI6p3dqyWjI3yJf+gKnEhGeH/v6hSd3l2bJZBzAGLGajRsZwUGnM2yCIDfHDNlJfazYgM/MiT2iJWa+A',
  },
  lora_f32_corrected: {
    says: 'a merge with some elements near and some far off',
    operation: 13,
    source:
      'EK+dOwpIdL0LH5M9BWy3vGAlorxmjQW9YhrvOyIDoTw42Je8jd1kvf+cG7xyZRU8lrh5vbXnjzxFo7G8G9YLPTaqOz1PT4I8fRohvWZABz0BdDO9oxSBPX2BCDw+XZk8VTOLPdHzbb1BJse826KRvTSDLzz1YYu98P90PaWV2L3s3AS95vIZvHHzD73F9LU9gp7PvYKJwTxRegu9stR1ulPb+jxgJJW96inWvFdhPLxz/oA9IYY5vdk7BD129F+9AhVKvbr4gD0NG0c98yeGPQPZ2zzONCW9bchCvF1Plb3o5+C5ZAGaPEo0R72p9QS9vD2qvWH0kDxoUpQ9UVC3PXfDqL2SLk87xAeKPM9Blb3+Mos83+yEPe48frmQ/6m8o+iGvfH+vr2S3vC9rlyZPY/PFz0fZje9/reNPfqXwj2+pTM8aQOPPFbv/TyGQlq9zjKiPFQBhzyIZEO94V3ruxVgA71BBwW8NMzYPK8WdbyY3tQ8qVcXvXL/pzwC+aC9spMdPUo1tLx714E8VMrhPCj/OrxF3wc9NEz+vEV/ub1t9uG8bzXPvDIu77yI9YU9snZUvJuXYjzCPBG8w9TlOw0M0DzH1Jm6Oo9FPNW3BTrbex49m/d3vVfsNL3iRtg8T+mqunVnmTy4AEk9IzuYPA+UNryRZvq8',
    target:
      '20TdO0lyXL0fk449W/6WvIOb1jl2pZ68wrcZPUV8gDykuoW87yqRPTzy1DzgEiM9wducvbndsbz0YQq9/E1cPSOTKT0UlQo9jEc3vTtgxTx+GjK9TgF8PUw3DDs4PU88qodMPfUobL3kq/W8P/ajveBz6jw8qaW9/+6pPQ2o3b1clwG9hFsdPZ3P/7zxsvY9Hc/YvWCMrzx216I8YuaRvNjZTj34QYO96gMJvRNk5TpUoYk9RrfxvF5jkjzzdVy9ZD97vbQkl70Z1CI9gsOFPU5bKTzeQnO9YH6Du7Wge70CnrS8EsQkPYfPjr1++qW8ALm0vQ9v3LylOIo9IN+BPZANqb066xo7o5IhvcL0eb3Ara26DRtiPTWsC7xFABS8j1ujvZkItb0KAdO9aSR0PeqIbD3cqoO9Sn2VPdJtrT3OCBI88hBKPfecDjyqgrO9QPowOlkZTT0lyFq9JEzGPCKIIL1YSJA8S9j7PBR8dbw3LHY8yj9KvcBv67q/zJu9drbrPLgqKL1GP4Q7LlpFPVVud7yqb1Y9NbcQvb0dxr2jHsy89qXRvDDKEr0jwmw9V5zcvHm1fzwKt3W8xWqduza6CT3Y4Ou79pa+PFar6rlZuho9D2EdvUlBNL3Mfys9XIB2uxp8ljw2vpQ9XhwOPLC/TbrHOce8',
    payload: 'AfcADbV6uHgPQfJhFiu9/oTkohqkOWKiaqyIMtrNSAGZXQA=',
    resource:
      'AAkOAwAAAAAAAABAABcAFzzSIYBjZ9gsaQ/FxpSa1visrdsou/qzwAwbzIuWHvXzCmgGJZQNormg5wfFjhtu/Eh7Ek812wbPTaeKF3dtW/ju7aXpuvH8leIrFwwPYnXS84ZhFXAYUAJKnHBcIddGvv/xLTBD9SyA4duNalEhhuGTp9YowvSDBpCz9FWFeV/P9TmfrH31qWaCcpIgxsVSxOKDX11rKEwIjJxfaZg64OqFB9djaGvXqYWoN60c1nyMPXB9rTOYHig/fHt8fkVwW/CadcwPB53qvgqzzJUDMCVM6aYIRr16gsZ3NoSfiZqCPQSjT59vQDD8PbWlkdZ+',
  },
  lora_bf16_special_codes: {
    says: '−0, NaN payloads, infinities and subnormals on either side',
    operation: 11,
    source:
      'AAAAgAEAAYAAfAD8AXyAf4D/wX////9/gACAPwAAAIABAAGAAHwA/AF8gH+A/8F/////f4AAgD8AAACAAQABgAB8APwBfIB/gP/Bf////3+AAIA/AAAAgAEAAYAAfAD8AXyAf4D/wX////9/gACAPwAAAIABAAGAAHwA/AF8gH+A/8F/////f4AAgD8AAACAAQABgAB8APwBfIB/gP/Bf////3+AAIA/AAAAgAEAAYAAfAD8AXyAf4D/wX////9/gACAPwAAAIABAAGAAHwA/AF8gH+A/8F/////f4AAgD8AAACAAQABgAB8APwBfIB/gP/Bf////3+AAIA/',
    target:
      'AAAAgAEAAIAAfAD8AXyAf4D/wX+A//9/gACAPwAAAIABAACAAHwA/AF8gH+A/8F/gP//f4AAgD8AAACAAQAAgAB8APwBfIB/gP/Bf4D//3+AAIA/AAAAgAEAAIAAfAD8AXyAf4D/wX+A//9/gACAPwAAAIABAACAAHwA/AF8gH+A/8F/gP//f4AAgD8AAACAAQAAgAB8APwBfIB/gP/Bf4D//3+AAIA/AAAAgAEAAIAAfAD8AXyAf4D/wX+A//9/gACAPwAAAIABAACAAHwA/AF8gH+A/8F/gP//f4AAgD8AAACAAQAAgAB8APwBfIB/gP/Bf4D//3+AAIA/',
    payload:
      'AQAC3/+uKfODR+DOQB7havN7Uy44gkpQpfGWAWzQ1Rz0pB4Q6NYThuDGai5RVSWNePrEvaEhLpH3MacRpAhjPI3P0AWTNiJNbEFE9SMaJAeB1OYdfwhDFeQjTazZjATm6TFXWTXo4aoS0w2MvacZ',
    resource:
      'AAkOAwAAAAAAAABAAAcABz4ntXiyYxQQpSqK0nK9eP6s07HhnwosH08WbZUWRfcGcw0d+cy/8T34ynerByb1eVpeQGtdcX22OE+olfwB8WyBXAaeFMybIaWrgA+rjQAsxq7sKiywMP7nq/gL52nGrVb8tTZMQA==',
  },
  lora_bf16_as_they_are: {
    says: 'elements that the merge does not help',
    operation: 11,
    source:
      'fm2cbOQxmBJXaiiBYxCAPdElAy88aEXdaIsX00ZYLzso+Wz++AoTfSAW/zs7ObNEwlT+xFFLhE1YCiKlOyf2C7xFhndYuQbZeHhWGN+V9WzgVU/Er9peLC19Ggp35+LOXkawE5EbpnOJKPIl9e3MoapmtygajbEX1/0h4W18RHBmC4TdpmsO0gkVkalbKW75g/pTiF/gZfUk5twuFT8YEi4JWmHN7L+1zMtl6qeDRsClK2H4Z/wHL248wTKXpuMnRDA28N2u1pYJzjjo8PWmDUx42sSryU8Lw3z0s51qJF31Fnc3QTSQOs/jaa4//QzpdKY5RGA/QodrFW6R',
    target:
      'j9OSbrM+8R4zxvukvYflTYidPhhvSoqb2dzhNb9JsH2wjHgrLe5aztQ8rwj01WBUmS3BWO+/iNV1EL8HewPI9wseckStjHUVCtFbyDZ0nqHhww35NHt2rVjniutyIfKaN0bjL+kmr+thMDEirVKHvdsE9ffT0ucRJP7weUalzpcjgx7oflLSUl170iho+2JSrISbCw7KOSS7O7HurhcH6QLU4IMOXBvE1XCS5t/bgeK1Js/Uew7GIj9cSknFgAprRKxBq2hCGaHyEs9767Wlu7uUwsdLD3grVfmLJ08Su3TGf6RNeTKRNPRQnR2C+goe/akIMDXhBV3/Dq87',
    payload:
      'Ao/Tkm6zPvEeM8b7pL2H5U2InT4Yb0qKm9nc4TW/SbB9sIx4Ky3uWs7UPK8I9NVgVJktwVjvv4jVdRC/B3sDyPcLHnJErYx1FQrRW8g2dJ6h4cMN+TR7dq1Y54rrciHymjdG4y/pJq/rYTAxIq1Sh73bBPX309LnEST+8HlGpc6XI4Me6H5S0lJde9IoaPtiUqyEmwsOyjkkuzux7q4XB+kC1OCDDlwbxNVwkubf24HitSbP1HsOxiI/XEpJxYAKa0SsQatoQhmh8hLPe+u1pbu7lMLHSw94K1X5iydPErt0xn+kTXkykTT0UJ0dgvoKHv2pCDA14QVd/w6vOw==',
    resource:
      'AAkOAwAAAAAAAABAAAcABz4ntXiyYxQQpSqK0nK9eP6s07HhnwosH08WbZUWRfcGcw0d+cy/8T34ynerByb1eVpeQGtdcX22OE+olfwB8WyBXAaeFMybIaWrgA+rjQAsxq7sKiywMP7nq/gL52nGrVb8tTZMQA==',
  },
} as const satisfies Record<string, PredictStream>;

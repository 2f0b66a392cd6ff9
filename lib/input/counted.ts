/** A number and what it is of, in agreement: `1 pod`, `2 pods`, `1 entry`. */
export const counted = (number: number, one: string, many = `${one}s`): string =>
  `${number} ${number === 1 ? one : many}`;

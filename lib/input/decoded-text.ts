/** A file that a person made: UTF-8, or UTF-16 as `>` of Windows PowerShell writes it. A byte order mark is no part of the text. */
export const decodedText = (bytes: Uint8Array): string =>
  new TextDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8').decode(bytes);

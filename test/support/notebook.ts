/** The cells with code of a notebook as a program in Python: what they give to a shell, a shell gets, and it has to end well. */
export function programOf(notebook: string): string {
  const { cells } = JSON.parse(notebook) as {
    readonly cells: readonly { readonly cell_type: string; readonly source: readonly string[] }[];
  };
  const lines = cells.filter(({ cell_type }) => cell_type === 'code').flatMap(({ source }) => `${source.join('')}\n`);
  const shell = (line: string) => `subprocess.run(${JSON.stringify(line)}, shell=True, check=True)`;
  return `import subprocess\n${lines.join('').replace(/^!(.*)$/gm, (_, line) => shell(line))}`;
}

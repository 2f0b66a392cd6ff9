/** Hadoop's `*-site.xml`: a flat list of properties. */
export const hadoopXml = (settings: Readonly<Record<string, string | number>>): string => `<?xml version="1.0"?>
<configuration>
${Object.entries(settings).map(property).join('')}</configuration>
`;

const property = ([name, value]: [string, string | number]): string =>
  `  <property><name>${escaped(name)}</name><value>${escaped(String(value))}</value></property>\n`;

const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

import { stringify } from 'yaml';

/** YAML that readers of 1.1 and of 1.2 take alike, in plain block style: `"yes"` and `"012"` stay strings. */
export const yaml = (value: unknown): string => stringify(value, { compat: 'yaml-1.1', lineWidth: 0 });

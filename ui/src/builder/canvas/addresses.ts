/** A number, selector or template as it reads on a tag: `$inputs.phone` is "phone", +14155550123 is spaced. */
export function addressed(written: string): string {
  const text = written.trim();
  const input = /^\$inputs\.([\w]+)$/.exec(text) ?? /^\{\{\s*([\w.]+)\s*\}\}$/.exec(text);
  if (input?.[1]) return input[1];
  const output = /^\$steps\.([\w.]+)$/.exec(text);
  if (output?.[1]) return output[1];
  const american = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(text);
  if (american) return `+1 ${american[1]} ${american[2]} ${american[3]}`;
  return text;
}

/** A line about a step as it reads on its node: selectors by their names. */
export function readable(summary: string): string {
  return summary.replaceAll(/\$(?:inputs|steps)\.([\w.]+)/g, "$1");
}

const UNITS: [string, string, number][] = [
  ["d", "day", 86_400],
  ["h", "hour", 3_600],
  ["m", "minute", 60],
  ["s", "second", 1],
];

/** Seconds of a written duration such as "2h 30m"; null where it is none. */
export function seconds(text: string): number | null {
  const parts = [...text.trim().matchAll(/(\d+(?:\.\d+)?)\s*(d|h|ms|m|s)\s*/gy)];
  const length = parts.reduce((sum, part) => sum + part[0].length, 0);
  if (parts.length === 0 || length !== text.trim().length) return null;
  return parts.reduce((sum, [, amount, unit]) => {
    const size = unit === "ms" ? 0.001 : (UNITS.find(([short]) => short === unit)?.[2] ?? 0);
    return sum + Number(amount) * size;
  }, 0);
}

/** 5400 as "1 hour 30 minutes". */
export function inWords(total: number): string {
  let rest = Math.abs(total);
  const parts: string[] = [];
  for (const [, name, size] of UNITS) {
    const amount = size === 1 ? rest : Math.floor(rest / size);
    if (amount > 0) parts.push(`${Number(amount.toFixed(3))} ${name}${amount === 1 ? "" : "s"}`);
    rest -= amount * size;
  }
  return (total < 0 ? "minus " : "") + (parts.join(" ") || "no time");
}

/** 5400 as "1h30m", as a definition has it. */
export function written(total: number): string {
  let rest = total;
  let text = "";
  for (const [short, , size] of UNITS) {
    const amount = size === 1 ? Number(rest.toFixed(3)) : Math.floor(rest / size);
    if (amount > 0) text += `${amount}${short}`;
    rest -= amount * size;
  }
  return text || "0s";
}

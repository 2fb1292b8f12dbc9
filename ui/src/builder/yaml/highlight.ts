export type Shade = "comment" | "key" | "text" | "value" | "name" | "plain";

export interface Piece {
  shade: Shade;
  text: string;
}

const YAML =
  /(?<comment>(?:^|(?<=\s))#.*$)|(?<key>(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[A-Za-z0-9_$@./-]+(?: [A-Za-z0-9_]+)*)(?=\s*:(?:\s|$)))|(?<text>"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')|(?<name>\$(?:steps|inputs)\.[\w.*-]+|\{\{.*?\}\})|(?<value>(?<![\w.+-])(?:true|false|null|-?\d+(?:\.\d+)?)(?![\w.:+-]))/g;

/** One line cut into what is shaded alike. It need not understand the text: nothing is read from it. */
export function pieces(line: string): Piece[] {
  const found: Piece[] = [];
  let end = 0;
  for (const match of line.matchAll(YAML)) {
    if (match.index > end) found.push({ shade: "plain", text: line.slice(end, match.index) });
    const shade = Object.entries(match.groups ?? {}).find(([, text]) => text !== undefined)?.[0] ?? "plain";
    found.push(...(shade === "text" ? withNames(match[0]) : [{ shade: shade as Shade, text: match[0] }]));
    end = match.index + match[0].length;
  }
  if (end < line.length) found.push({ shade: "plain", text: line.slice(end) });
  return found;
}

/** Templates stand out within quotes too. */
function withNames(text: string): Piece[] {
  return text
    .split(/(\{\{.*?\}\})/)
    .filter((part) => part !== "")
    .map((part) => ({ shade: part.startsWith("{{") ? "name" : "text", text: part }));
}

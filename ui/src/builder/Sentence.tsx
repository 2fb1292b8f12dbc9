/** A sentence of the server's; it marks names by backticks, as the terminal shows them. */
export function Sentence({ children }: { children: string }) {
  return children.split("`").map((part, index) => (index % 2 ? <code key={index}>{part}</code> : part));
}

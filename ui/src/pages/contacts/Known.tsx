import { Link } from "@tanstack/react-router";
import type { ListedOptOut } from "../../talk/shapes";
import { sourceWords } from "../../talk/words";

/** How an opt-out is known, and the way to the message that says so, or to the conversation in which it was said. */
export function Known({
  of,
  className,
}: {
  of: Pick<ListedOptOut, "source" | "evidence" | "ref" | "conversation">;
  className?: string;
}) {
  const words = knownWords(of);
  if (of.ref?.startsWith("msg_")) {
    return (
      <Link to="/messages/$id" params={{ id: of.ref }} className={className}>
        {words}
      </Link>
    );
  }
  if (of.ref && of.conversation) {
    return (
      <Link to="/inbox/$person" params={{ person: of.conversation }} className={className}>
        {words}
      </Link>
    );
  }
  return words;
}

/** "They wrote it: “STOP”" */
export function knownWords({ source, evidence }: Pick<ListedOptOut, "source" | "evidence">): string {
  const how = sourceWords(source);
  if (source === "reply") {
    const said = evidence?.replace(/^\w{34}: /, "").trim();
    return said ? `${how}: “${said}”` : how;
  }
  const code = /error (\d+)/.exec(evidence ?? "")?.[1];
  return code ? `${how}: error ${code}` : how;
}

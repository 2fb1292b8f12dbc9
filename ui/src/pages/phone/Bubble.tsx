import { Check, CheckCheck, ImageOff } from "lucide-react";
import type { ReactNode } from "react";
import { useZone } from "./screens";
import type { Attachment, TextMessage } from "./shapes";
import classes from "./Thread.module.css";
import { timeOfDay } from "./words";

const LINK = /https?:\/\/[^\s<>"]+[^\s<>".,;:!?)]/g;

/** One message. */
export function Bubble({ message, whatsapp }: { message: TextMessage; whatsapp: boolean }) {
  const zone = useZone();
  return (
    <div className={classes.bubble} data-out={message.outgoing || undefined}>
      <span className="rl-only-heard">{message.outgoing ? "You wrote: " : "Received: "}</span>
      {message.media.map((file, index) => (
        <Media key={file.sid ?? file.source ?? index} file={file} />
      ))}
      {message.body && <span className={classes.words}>{withLinks(message.body)}</span>}
      <span className={classes.foot}>
        <time>{timeOfDay(message.at ?? message.created, zone)}</time>
        <Ticks message={message} whatsapp={whatsapp} />
      </span>
    </div>
  );
}

function Ticks({ message, whatsapp }: { message: TextMessage; whatsapp: boolean }) {
  if (!message.outgoing) return message.status === "read" ? <span title="The sender knows that it was read">read</span> : null;
  return whatsapp ? (
    <CheckCheck size={14} role="img" aria-label="Delivered" />
  ) : (
    <Check size={13} role="img" aria-label="Sent" />
  );
}

function Media({ file }: { file: Attachment }) {
  if (file.sid && (file.content_type.startsWith("image/") || !file.content_type)) {
    return <img className={classes.picture} src={`/_simulator/media/${file.sid}`} alt="In the message" />;
  }
  if (file.sid && file.content_type.startsWith("audio/")) {
    return <audio className={classes.picture} controls src={`/_simulator/media/${file.sid}`} />;
  }
  return (
    <span className={classes.file}>
      <ImageOff size={16} aria-hidden />
      <span>{file.source ?? file.content_type ?? "A file"}</span>
    </span>
  );
}

function withLinks(body: string): ReactNode[] {
  const parts: ReactNode[] = [];
  let from = 0;
  for (const match of body.matchAll(LINK)) {
    parts.push(body.slice(from, match.index));
    parts.push(
      <a key={match.index} href={match[0]} target="_blank" rel="noreferrer">
        {match[0]}
      </a>,
    );
    from = match.index + match[0].length;
  }
  return [...parts, body.slice(from)];
}

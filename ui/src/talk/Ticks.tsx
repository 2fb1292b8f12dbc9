import { Check, CheckCheck, Clock3, TriangleAlert, Ban } from "lucide-react";
import type { Message } from "./shapes";
import { messageState } from "./words";

const SIZE = 14;

/** How far a message has come: waiting, sent, delivered, read, or what went wrong; said as well as drawn. */
export function Ticks({ message }: { message: Pick<Message, "stage" | "status" | "delivery_unknown"> }) {
  const { word, tone } = messageState(message);
  const colour = { good: "var(--rl-good)", bad: "var(--rl-bad)", wait: "inherit", busy: "inherit", idle: "inherit" };
  return (
    <span style={{ display: "inline-flex", alignItems: "center", gap: 3, color: colour[tone] }}>
      <TickMark message={message} />
      <span>{word}</span>
    </span>
  );
}

function TickMark({ message }: { message: Pick<Message, "stage" | "status"> }) {
  const { stage, status } = message;
  if (stage === "refused" || stage === "canceled" || status === "canceled") return <Ban size={SIZE} aria-hidden />;
  if (stage === "failed" || stage === "unresolved" || status === "failed" || status === "undelivered") {
    return <TriangleAlert size={SIZE} aria-hidden />;
  }
  if (stage !== "accepted" || status === "scheduled") return <Clock3 size={SIZE} aria-hidden />;
  if (status === "delivered") return <CheckCheck size={SIZE} aria-hidden />;
  if (status === "read") return <CheckCheck size={SIZE} strokeWidth={3} aria-hidden />;
  return status === "sent" ? <Check size={SIZE} aria-hidden /> : <Clock3 size={SIZE} aria-hidden />;
}

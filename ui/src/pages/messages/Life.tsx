import { Moment } from "../../components/Moment";
import type { Evidence, Message } from "../../talk/shapes";
import { plain, stateOf } from "../../talk/words";
import type { Tone } from "../../components/StatusPill";
import classes from "./Life.module.css";

interface Happening {
  at: string;
  what: string;
  more: string;
  tone: Tone;
}

const OUTCOMES: Record<string, [string, Tone]> = {
  open: ["is on its way to Twilio", "busy"],
  accepted: ["was accepted by Twilio", "good"],
  refused: ["was refused by Twilio", "bad"],
  rejected: ["was refused by Twilio", "bad"],
  failed: ["was refused by Twilio", "bad"],
  unknown: ["has no answer: it may or may not have been sent", "wait"],
  not_sent: ["never left", "idle"],
  quarantined: ["is held back, since it is unknown whether it was sent", "wait"],
  disproved: ["never reached Twilio", "idle"],
  proved: ["did reach Twilio", "good"],
  abandoned: ["was given up", "bad"],
};

const SOURCES: Record<string, string> = {
  response: "in its answer",
  callback: "by a status callback",
  fetch: "when it was asked",
};

/** Everything that happened to a message, in order. */
export function Life({ message, evidence }: { message: Message; evidence: Evidence }) {
  const moments: Happening[] = [
    ...(message.created_at
      ? [{ at: message.created_at, what: "Written down", more: message.run ? "by a run" : "", tone: "idle" as Tone }]
      : []),
    ...evidence.attempts.map((one): Happening => {
      const [what, tone] = OUTCOMES[one.outcome] ?? [`ended ${plain(one.outcome).toLowerCase()}`, "idle"];
      const looks = one.list_reads > 0 ? `Twilio's list was read ${one.list_reads} times for it.` : "";
      return {
        at: one.at,
        what: `Attempt ${one.attempt} ${what}`,
        more: [one.error_message, one.error_code ? `Twilio error ${one.error_code}.` : "", looks].filter(Boolean).join(" "),
        tone,
      };
    }),
    ...evidence.reports.map((one): Happening => {
      const { word, tone } = stateOf(null, one.status);
      return {
        at: one.received_at,
        what: `Twilio says: ${word.toLowerCase()}`,
        more: [SOURCES[one.source] ?? one.source, one.error_code ? `(error ${one.error_code})` : ""].join(" ").trim(),
        tone,
      };
    }),
    ...evidence.settlements.map(
      (one): Happening => ({
        at: one.at,
        what: `${one.by}: ${plain(one.action).toLowerCase()}`,
        more: [one.sid, one.note].filter(Boolean).join(", "),
        tone: "idle",
      }),
    ),
    ...(message.stage === "refused" && message.updated_at
      ? [{ at: message.updated_at, what: "Held back by a rule", more: plain(message.refusal_reason ?? "").replace("Whatsapp", "WhatsApp"), tone: "bad" as Tone }]
      : []),
  ].sort((one, other) => one.at.localeCompare(other.at));
  return (
    <ol className={classes.life}>
      {moments.map((one, n) => (
        <li key={`${one.at}/${n}`} className={classes.moment} data-tone={one.tone}>
          <span className={classes.what}>{one.what}</span>
          {one.more && <span className={classes.more}> {one.more}</span>}
          <span className={classes.when}>
            <Moment at={one.at} />
          </span>
        </li>
      ))}
    </ol>
  );
}

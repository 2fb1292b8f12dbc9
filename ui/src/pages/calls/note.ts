import { OUTCOMES, plain, STATUSES } from "../../talk/words";

const ENDS: Record<string, string> = {
  completed: "The interview is complete",
  partial: "The interview ended before its last question",
  ended_by_rule: "The interview ended as its rules say",
  opted_out: "They want no more of it",
};

const WHO: Record<string, string> = {
  human: "a person",
  machine_start: "a machine",
  machine_end_beep: "a machine, with a beep",
  machine_end_silence: "a machine, then silence",
  machine_end_other: "a machine",
  fax: "a fax",
};

/** What stands between the lines of a transcript, as people say it. */
export function noteWords(text: string): string {
  const begun = /^(\w+) conversation begins \((inbound|outbound)\)$/.exec(text);
  if (begun) {
    if (begun[1] !== "voice") return "The conversation begins";
    return begun[2] === "inbound" ? "They called" : "We called";
  }
  const [, what = "", how = ""] = /^([^:]+): (\S+)$/.exec(text) ?? [];
  if (what === "ended") return ENDS[how] ?? `The interview ended: ${(OUTCOMES[how]?.word ?? plain(how)).toLowerCase()}`;
  if (what === "the call is over" || what === "the conversation is over") {
    return how === "completed" ? plain(what) : `${plain(what)}: ${(STATUSES[how]?.word ?? plain(how)).toLowerCase()}`;
  }
  if (what === "answered by") return `Answered by ${WHO[how] ?? plain(how).toLowerCase()}`;
  return what ? `${plain(what)}: ${plain(how).toLowerCase()}` : plain(text);
}

import type { FlowEdge, Graph, OutcomeSpec, StepNode } from "../types";

const good = (...names: string[]): OutcomeSpec[] => names.map((name) => ({ name, tone: "good" }));
const bad = (...names: string[]): OutcomeSpec[] => names.map((name) => ({ name, tone: "bad" }));
const SENDING = [...good("sent"), ...bad("failed", "refused", "unknown")];

function step(id: string, type: string, service: string, summary: string, more: Partial<StepNode> = {}): StepNode {
  return {
    id,
    index: 0,
    type,
    family: type.split("/")[0] ?? "",
    title: id.charAt(0).toUpperCase() + id.slice(1).replaceAll("_", " "),
    service,
    from: null,
    to: null,
    summary,
    fields: { type, name: id },
    outcomes: [],
    ...more,
  };
}

function text(id: string, to: string, summary: string): StepNode {
  return step(id, "twilio/sms@v1", "Twilio SMS", summary, { from: "+1 555 000 1111", to, outcomes: SENDING });
}

function edge(source: string, outcome: string | null, target: string, kind: FlowEdge["kind"] = "outcome"): FlowEdge {
  return { id: `${source}:${outcome ?? kind}:${target}`, source, target, outcome, kind };
}

/** An appointment from its booking to its reminder: a trigger, a loop, a branch, an error's way, a value's way. */
export const APPOINTMENT: Graph = {
  name: "appointment",
  description: null,
  triggers: [
    { id: "trigger:0", index: 0, type: "webhook", title: "Webhook", summary: "POST /bookings, with a secret", fields: {} },
  ],
  steps: [
    text("confirm", "phone", "Hi {{patientName}}, you see Dr. {{doctorName}} on {{formatDate(appointmentAt)}}. We will remind you a day before."),
    step("day_before", "flow/wait_until@v1", "Wait until", "24 hours before appointmentAt", { outcomes: good("reached", "past") }),
    text("remind", "phone", "Reminder: Dr. {{doctorName}} tomorrow. Reply YES to confirm or RESCHEDULE."),
    step("answer", "twilio/wait_for_reply@v1", "Wait for reply", "YES or RESCHEDULE, for 4 hours", {
      outcomes: [...good("reply"), { name: "timeout", tone: "idle" }, ...bad("no_match")],
    }),
    step("route", "roboflow_core/switch_case@v1", "Switch", "answer.value", { outcomes: good("YES", "RESCHEDULE") }),
    text("see_you", "phone", "Thank you, {{patientName}}. See you tomorrow!"),
    step("tell_clinic", "twilio/voice_call@v1", "Twilio Voice", "Please call {{patientName}} at {{phone}}.", {
      from: "+1 555 000 1111",
      to: "clinicPhone",
      outcomes: [...good("answered"), ...bad("busy", "no_answer", "failed", "refused", "unknown")],
    }),
  ],
  edges: [
    edge("trigger:0", null, "confirm", "trigger"),
    edge("confirm", null, "day_before", "next"),
    edge("day_before", "reached", "remind"),
    edge("day_before", "past", "see_you"),
    edge("remind", "sent", "answer"),
    edge("remind", "failed", "tell_clinic"),
    edge("remind", null, "tell_clinic", "error"),
    edge("answer", "reply", "route"),
    edge("answer", "timeout", "remind"),
    edge("answer", "no_match", "tell_clinic"),
    edge("route", "YES", "see_you"),
    edge("route", "RESCHEDULE", "tell_clinic"),
    edge("answer", null, "see_you", "data"),
  ],
  inputs: [],
  outputs: [],
  variables: {},
  defaults: {},
};

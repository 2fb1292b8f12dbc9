import { SegmentedControl, Text } from "@mantine/core";
import { isGivenName, nameFor } from "../canvas/clipboard";
import type { Edit, StepNode } from "../types";
import type { EditFn } from "./edits";

const TYPES = [
  { type: "twilio/sms@v1", label: "SMS" },
  { type: "twilio/whatsapp@v1", label: "WhatsApp" },
  { type: "twilio/voice_call@v1", label: "Voice" },
  { type: "twilio/voice_agent@v1", label: "Voice Agent" },
];

/** Which of the four a Twilio action is; the fields they share are kept, and so is a name somebody gave it. */
export function MessageType({ step, names, edit }: { step: StepNode; names: readonly string[]; edit: EditFn }) {
  const current = TYPES.find(({ type }) => step.type.split("@")[0] === type.split("@")[0]);
  if (current === undefined) return null;
  const turn = (type: string) => {
    const edits: Edit[] = [{ op: "set_type", name: step.id, type }];
    if (isGivenName(step.id, step.type)) {
      const to = nameFor(type, names.filter((name) => name !== step.id));
      edits.push({ op: "rename_step", from: step.id, to });
    }
    void edit(edits);
  };
  return (
    <div>
      <Text size="sm" fw={500} mb={4} id="message-type">
        Message type
      </Text>
      <SegmentedControl
        fullWidth
        size="xs"
        aria-labelledby="message-type"
        value={current.type}
        data={TYPES.map(({ type, label }) => ({ value: type, label }))}
        onChange={turn}
      />
    </div>
  );
}

import { Select, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, data } from "../../api/typed";
import { FormDialog } from "../../components/FormDialog";
import { nameOf, type Sender, useCredentialOf } from "./sender";

const SPANS = [
  { value: "", label: "until it is resumed" },
  { value: "900", label: "15 minutes" },
  { value: "3600", label: "an hour" },
  { value: "86400", label: "a day" },
];

/** A pause: nothing more goes out from the sender, and what waits stays in its queue. */
export function PauseSender({ sender, opened, onClose }: { sender: Sender; opened: boolean; onClose: () => void }) {
  const queryClient = useQueryClient();
  const credential = useCredentialOf(sender.account_sid);
  const [seconds, setSeconds] = useState("");
  const [reason, setReason] = useState("");
  const pause = useMutation({
    mutationFn: () =>
      data(
        api.POST("/api/v1/senders/{sender}/pause", {
          params: { path: { sender: sender.sender } },
          body: {
            channel: sender.channel as "sms" | "whatsapp" | "voice",
            credential,
            seconds: seconds ? Number(seconds) : null,
            reason: reason.trim() || "paused by hand",
          },
        }),
      ),
    onSuccess: () => {
      onClose();
      return queryClient.invalidateQueries({ queryKey: ["senders"] });
    },
  });
  return (
    <FormDialog
      opened={opened}
      title={`Pause ${nameOf(sender)}`}
      action="Pause"
      busy={pause.isPending}
      error={pause.error}
      onSubmit={() => pause.mutate()}
      onClose={onClose}
    >
      <Text size="sm">
        What waits stays in its queue, and what has been handed to Twilio goes on. Other senders of its pools take
        over.
      </Text>
      <Select
        label="For how long"
        data={SPANS}
        value={seconds}
        allowDeselect={false}
        onChange={(chosen) => setSeconds(chosen ?? "")}
      />
      <TextInput
        label="Why"
        description="Shown with it"
        placeholder="paused by hand"
        maxLength={200}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </FormDialog>
  );
}

import { SegmentedControl, Text, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, data } from "../../api/typed";
import { FormDialog } from "../../components/FormDialog";
import { nameOf, type Sender, useCredentialOf } from "./sender";

/** How fast a sender sends: what its kind may, or a rate of its own. */
export function RateForm({ sender, opened, onClose }: { sender: Sender; opened: boolean; onClose: () => void }) {
  const queryClient = useQueryClient();
  const credential = useCredentialOf(sender.account_sid);
  const [kind, setKind] = useState<"default" | "own">(sender.has_own_rate ? "own" : "default");
  const [rate, setRate] = useState(sender.rate);
  const set = useMutation({
    mutationFn: () =>
      data(
        api.PUT("/api/v1/senders/{sender}", {
          params: { path: { sender: sender.sender } },
          body: {
            rate: kind === "default" ? "default" : rate,
            channel: sender.channel as "sms" | "whatsapp" | "voice",
            credential,
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
      title={`The rate of ${nameOf(sender)}`}
      action="Set the rate"
      busy={set.isPending}
      error={set.error}
      onSubmit={() => set.mutate()}
      onClose={onClose}
    >
      <SegmentedControl
        aria-label="Which rate"
        data={[
          { value: "default", label: "What its kind may" },
          { value: "own", label: "One of its own" },
        ]}
        value={kind}
        onChange={(value) => setKind(value === "own" ? "own" : "default")}
      />
      {kind === "own" ? (
        <TextInput
          label="Rate"
          description="Such as 10/s, 30/m or unlimited; in segments, for WhatsApp and calls one by one"
          value={rate}
          onChange={(event) => setRate(event.currentTarget.value)}
          required
          withAsterisk={false}
        />
      ) : (
        <Text size="sm" c="dimmed">
          Twilio allows one segment a second from a long code, three from a toll-free number and a hundred from a
          short code. What is faster waits at Twilio, and some of it fails.
        </Text>
      )}
    </FormDialog>
  );
}

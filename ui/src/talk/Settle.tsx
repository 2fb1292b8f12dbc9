import { Button, Radio, Stack, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ask } from "../api/client";
import { useMe } from "../app/me";
import { ErrorNotice } from "../components/ErrorNotice";
import { Card } from "./Facts";
import type { Message } from "./shapes";

type Word = "sid" | "send_again" | "close";

/** Where a person says what became of a message or call that nobody could find out about. */
export function Settle({ id, what = "message" }: { id: string; what?: "message" | "call" }) {
  const isCall = what === "call";
  const { name } = useMe();
  const queries = useQueryClient();
  const [word, setWord] = useState<Word>("sid");
  const [sid, setSid] = useState("");
  const [note, setNote] = useState("");
  const settle = useMutation({
    mutationFn: () =>
      ask<Message>(`/api/v1/messages/${id}/settle`, {
        json: { [word]: word === "sid" ? sid.trim() : true, by: name, ...(note.trim() ? { note: note.trim() } : {}) },
      }),
    onSuccess: () => {
      notifications.show({ message: "Written down. Runs that waited for it go on." });
      void queries.invalidateQueries({ queryKey: ["messages"] });
      void queries.invalidateQueries({ queryKey: ["calls"] });
    },
  });
  return (
    <Card title="Say what became of it">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          settle.mutate();
        }}
      >
        <Stack gap="sm">
          <Radio.Group
            label={`Twilio gave no answer, and its list did not tell. Look in Twilio's ${what} log.`}
            value={word}
            onChange={(value) => setWord(value as Word)}
          >
            <Stack gap={8} mt={8}>
              <Radio value="sid" label={isCall ? "It is there: it was placed" : "It is there: it was sent"} />
              <Radio value="send_again" label={isCall ? "It is not there: call now" : "It is not there: send it now"} />
              <Radio value="close" label="Leave it as it is, and ask nobody any more" />
            </Stack>
          </Radio.Group>
          {word === "sid" && (
            <TextInput
              label="Its SID in Twilio's log"
              placeholder={isCall ? "CA…" : "SM…"}
              required
              value={sid}
              onChange={(event) => setSid(event.currentTarget.value)}
            />
          )}
          <TextInput label="Note (optional)" value={note} onChange={(event) => setNote(event.currentTarget.value)} />
          {settle.error && <ErrorNotice error={settle.error} />}
          <Button type="submit" loading={settle.isPending} disabled={word === "sid" && !sid.trim()} w="fit-content">
            Write it down
          </Button>
        </Stack>
      </form>
    </Card>
  );
}

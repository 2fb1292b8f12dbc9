import { Group, Select, Text, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { ask } from "../../api/client";
import { FormDialog } from "../../components/FormDialog";
import { newKey } from "../../talk/key";
import { countSegments } from "../../talk/segments";
import type { ContactList } from "../../talk/shapes";
import { plain } from "../../talk/words";
import type { Broadcast } from "./broadcast";

const PURPOSES = ["marketing", "notification", "transactional", "emergency"].map((value) => ({
  value,
  label: plain(value),
}));

/** Writes a broadcast down and has its list checked; it is started on its own page. */
export function NewBroadcast({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [list, setList] = useState<string | null>(null);
  const [purpose, setPurpose] = useState<string | null>(null);
  const [message, setMessage] = useState("");
  const lists = useQuery({
    queryKey: ["contacts", "list", "lists"],
    queryFn: () => ask<ContactList[]>("/api/v1/lists"),
    enabled: opened,
  });
  const make = useMutation({
    mutationFn: () =>
      ask<Broadcast>("/api/v1/broadcasts", { json: { name: name.trim(), key: newKey(), list, message, purpose } }),
    onSuccess: (made) => {
      void queries.invalidateQueries({ queryKey: ["broadcasts"] });
      void navigate({ to: "/broadcasts/$id", params: { id: made.id } });
    },
  });
  const { segments, encoding } = countSegments(message);
  return (
    <FormDialog
      opened={opened}
      title="New broadcast"
      action="Check it"
      size="lg"
      busy={make.isPending}
      incomplete={!list || !purpose || !message.trim()}
      error={make.error}
      onSubmit={() => make.mutate()}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        required
        maxLength={100}
        data-autofocus
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Group grow align="start">
        <Select
          label="To everybody on"
          placeholder="Choose a list"
          required
          searchable
          nothingFoundMessage="No such list"
          data={(lists.data ?? []).map((one) => ({
            value: one.name,
            label: `${one.name} (${one.count.toLocaleString()})`,
          }))}
          value={list}
          onChange={setList}
        />
        <Select
          label="Purpose"
          description="Rules and caps depend on it."
          inputWrapperOrder={["label", "input", "description"]}
          placeholder="Choose one"
          required
          data={PURPOSES}
          value={purpose}
          onChange={setPurpose}
        />
      </Group>
      <Textarea
        label="Text"
        description={
          message
            ? `${segments} ${segments === 1 ? "segment" : "segments"} (${encoding}) before names and fields are filled in`
            : "{{name}} and the contacts' fields can be used."
        }
        inputWrapperOrder={["label", "input", "description"]}
        required
        autosize
        minRows={4}
        value={message}
        onChange={(event) => setMessage(event.currentTarget.value)}
      />
      <Text size="sm" c="dimmed">
        Nothing is sent yet: next you see what was found in the list, what it will cost, and when it will be done.
      </Text>
    </FormDialog>
  );
}

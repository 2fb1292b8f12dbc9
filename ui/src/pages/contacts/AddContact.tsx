import { Button, Group, Modal, Stack, TagsInput, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { ask } from "../../api/client";
import { ProblemError } from "../../api/problem";
import { ErrorNotice } from "../../components/ErrorNotice";
import type { Contact } from "../../talk/shapes";
import { Refused } from "./Refused";

const EMPTY = { phone: "", name: "", language: "", time_zone: "" };

/** Writes one person down; a number that is somebody's already is refused, with the way to them. */
export function AddContact({
  opened,
  number,
  lists,
  onClose,
}: {
  opened: boolean;
  number: string;
  lists: string[];
  onClose: () => void;
}) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [values, setValues] = useState(EMPTY);
  const [on, setOn] = useState<string[]>([]);
  useEffect(() => {
    if (opened) setValues({ ...EMPTY, phone: number });
  }, [opened, number]);
  const add = useMutation({
    mutationFn: () => {
      const given = Object.fromEntries(
        Object.entries(values)
          .map(([name, value]) => [name, value.trim()] as const)
          .filter(([, value]) => value),
      );
      return ask<Contact>("/api/v1/contacts", { json: { ...given, lists: on, only_new: true } });
    },
    onSuccess: (contact) => {
      void queries.invalidateQueries({ queryKey: ["contacts"] });
      void queries.invalidateQueries({ queryKey: ["conversations"] });
      void navigate({ to: "/contacts/$id", params: { id: contact.id } });
    },
  });
  const wrong = add.error instanceof ProblemError ? add.error : null;
  const field = (name: keyof typeof EMPTY) => ({
    value: values[name],
    error: wrong?.field === name ? <Refused error={wrong} /> : undefined,
    onChange: (event: React.ChangeEvent<HTMLInputElement>) =>
      setValues({ ...values, [name]: event.currentTarget.value }),
  });
  return (
    <Modal opened={opened} onClose={onClose} title="Add a contact" centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate();
        }}
      >
        <Stack gap="sm">
          <TextInput label="Number" placeholder="+14155550123" required type="tel" data-autofocus {...field("phone")} />
          <TextInput label="Name" autoComplete="off" {...field("name")} />
          <Group grow align="start">
            <TextInput label="Language" placeholder="en" {...field("language")} />
            <TextInput label="Time zone" placeholder="America/New_York" {...field("time_zone")} />
          </Group>
          <TagsInput label="Lists" placeholder="Type a name, then Enter" data={lists} value={on} onChange={setOn} />
          {add.error && !Object.keys(EMPTY).includes(wrong?.field ?? "") && <ErrorNotice error={add.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={add.isPending}>
              Add
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

import { TagsInput, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ask } from "../../api/client";
import { explain } from "../../api/problem";
import type { Contact, ContactList } from "../../talk/shapes";

/** The lists a person is on; a new name makes a list. */
export function ContactLists({ contact, edits }: { contact: Contact; edits: boolean }) {
  const queries = useQueryClient();
  const lists = useQuery({ queryKey: ["contacts", "list", "lists"], queryFn: () => ask<ContactList[]>("/api/v1/lists") });
  const change = useMutation({
    mutationFn: async (on: string[]) => {
      const path = (name: string) => `/api/v1/lists/${encodeURIComponent(name)}/members/${encodeURIComponent(contact.id)}`;
      for (const name of on) if (!contact.lists.includes(name)) await ask(path(name), { method: "PUT" });
      for (const name of contact.lists) if (!on.includes(name)) await ask(path(name), { method: "DELETE" });
    },
    onError: (error) => notifications.show({ color: "red", message: explain(error).sentence }),
    onSettled: () => queries.invalidateQueries({ queryKey: ["contacts"] }),
  });
  if (!edits) return <Text size="sm">{contact.lists.join(", ") || "On no list"}</Text>;
  return (
    <TagsInput
      aria-label="Lists"
      placeholder={contact.lists.length ? "" : "On no list; type a name, then Enter"}
      data={(lists.data ?? []).map((one) => one.name)}
      value={change.isPending ? change.variables : contact.lists}
      onChange={(on) => change.mutate(on)}
    />
  );
}

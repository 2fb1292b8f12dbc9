import { Button, Code, Group, MultiSelect, Select, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound } from "lucide-react";
import { useState } from "react";
import { api, data } from "../../api/typed";
import type { components } from "../../api/schema";
import type { Role } from "../../app/me";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNotice } from "../../components/ErrorNotice";
import { FormDialog } from "../../components/FormDialog";
import { Loading } from "../../components/Loading";
import { Moment } from "../../components/Moment";
import { StatusPill } from "../../components/StatusPill";
import { Card } from "./Card";
import { Confirm } from "../../components/Confirm";
import { Records } from "./Records";
import { RoleSelect } from "./RoleSelect";
import { SecretOnce } from "./SecretOnce";
import { SettingsFrame } from "./SettingsFrame";

type Key = components["schemas"]["KeyOut"];

const LASTS = [
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "a year" },
  { value: "", label: "no end" },
];
const DAY = 86_400_000;
const SCOPES = ["messages", "inbound", "calls", "workflows", "runs", "contacts", "lists", "broadcasts", "senders"].map(
  (topic) => ({
    group: topic,
    items: [
      { value: `${topic}:read`, label: `${topic}: read` },
      { value: `${topic}:write`, label: `${topic}: read and write` },
    ],
  }),
);

/** The secrets by which programs use the API. */
export function KeysPage() {
  const [adding, setAdding] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <SettingsFrame
      title="API keys"
      about="Programs send one as Authorization: Bearer, and may what its role and scopes say."
      actions={
        <Button leftSection={<KeyRound size={16} aria-hidden />} onClick={() => setAdding(true)}>
          Make a key
        </Button>
      }
    >
      <List onAdd={() => setAdding(true)} />
      <Card title="The server's own token">
        <Text size="sm">
          The first key is the token in the file <Code>token</Code> of the server's home, or in{" "}
          <Code>RINGLINE_API_TOKEN</Code>. The command line uses it, and it may everything an admin may. Delete the file
          and start the server again to have a new one.
        </Text>
      </Card>
      <AddKey
        opened={adding}
        onClose={() => setAdding(false)}
        onMade={(made) => {
          setAdding(false);
          setSecret(made);
        }}
      />
      <SecretOnce
        title="The new key"
        about="Put it where the program that uses it keeps its secrets."
        secret={secret}
        onClose={() => setSecret(null)}
      />
    </SettingsFrame>
  );
}

function List({ onAdd }: { onAdd: () => void }) {
  const keys = useQuery({ queryKey: ["keys", "list"], queryFn: () => data(api.GET("/api/v1/keys")) });
  if (keys.isPending) return <Loading />;
  if (keys.error) return <ErrorNotice error={keys.error} retry={() => void keys.refetch()} />;
  return (
    <Card flush>
      {keys.data.length === 0 ? (
        <EmptyState
          title="There is no key yet"
          action={
            <Button variant="default" mt="xs" onClick={onAdd}>
              Make the first one
            </Button>
          }
        >
          Give every program one of its own: then one can be taken away without the others noticing.
        </EmptyState>
      ) : (
        <Records<Key>
          label="API keys"
          rows={keys.data}
          id={(key) => key.id}
          columns={[
            {
              head: "Name",
              cell: (key) => (
                <div>
                  <strong style={{ fontWeight: 600 }}>{key.name}</strong>
                  <Text size="xs" c="dimmed" ff="monospace">
                    {key.shown}…
                  </Text>
                </div>
              ),
            },
            {
              head: "May",
              cell: (key) => (
                <div>
                  {key.role}
                  <Text size="xs" c="dimmed">
                    {key.scopes.join(", ") || "all that its role may"}
                  </Text>
                </div>
              ),
            },
            {
              head: "Last used",
              cell: (key) => (key.used_at ? <Moment at={key.used_at} /> : <StatusPill tone="idle">Never</StatusPill>),
            },
            { head: "Expires", cell: (key) => <Expiry at={key.expires_at} /> },
            { head: "Made by", cell: (key) => key.made_by },
            { head: "What can be done", quiet: true, cell: (key) => <Revoke of={key} /> },
          ]}
        />
      )}
    </Card>
  );
}

function Expiry({ at }: { at: string | null }) {
  if (at === null) return <span>Never</span>;
  const left = new Date(at).getTime() - Date.now();
  if (left <= 0) return <StatusPill tone="bad">Expired</StatusPill>;
  return (
    <Group gap={8}>
      <Moment at={at} />
      {left < 7 * DAY && <StatusPill tone="wait">Soon</StatusPill>}
    </Group>
  );
}

function Revoke({ of: key }: { of: Key }) {
  const queryClient = useQueryClient();
  const [asked, setAsked] = useState(false);
  const revoke = useMutation({
    mutationFn: () => data(api.DELETE("/api/v1/keys/{key}", { params: { path: { key: key.id } } })),
    onSuccess: () => {
      setAsked(false);
      notifications.show({ message: `${key.name} opens nothing any more.`, color: "green" });
      return queryClient.invalidateQueries({ queryKey: ["keys"] });
    },
  });
  return (
    <>
      <Button variant="default" size="xs" onClick={() => setAsked(true)} aria-label={`Revoke ${key.name}`}>
        Revoke
      </Button>
      <Confirm
        opened={asked}
        title={`Revoke ${key.name}?`}
        action="Revoke"
        onConfirm={() => revoke.mutate()}
        onClose={() => setAsked(false)}
        busy={revoke.isPending}
        error={revoke.error}
      >
        Programs that use {key.shown}… are refused from that moment on. It cannot be brought back.
      </Confirm>
    </>
  );
}

function AddKey({ opened, onClose, onMade }: { opened: boolean; onClose: () => void; onMade: (key: string) => void }) {
  const queryClient = useQueryClient();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("operator");
  const [scopes, setScopes] = useState<string[]>([]);
  const [lasts, setLasts] = useState("365");
  const add = useMutation({
    mutationFn: () =>
      data(
        api.POST("/api/v1/keys", {
          body: {
            name,
            role,
            scopes,
            expires_at: lasts ? new Date(Date.now() + Number(lasts) * DAY).toISOString() : null,
          },
        }),
      ),
    onSuccess: (made) => {
      setName("");
      setScopes([]);
      onMade(made.key);
      return queryClient.invalidateQueries({ queryKey: ["keys"] });
    },
  });
  return (
    <FormDialog
      opened={opened}
      title="Make a key"
      action="Make it"
      busy={add.isPending}
      incomplete={!name.trim()}
      error={add.error}
      onSubmit={() => add.mutate()}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        description="What it is for, such as order system"
        required
        withAsterisk={false}
        data-autofocus
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <RoleSelect value={role} onChange={setRole} />
      <MultiSelect
        label="Only for"
        description="Leave empty for all that its role may."
        placeholder={scopes.length ? undefined : "Everything"}
        data={SCOPES}
        value={scopes}
        onChange={setScopes}
        searchable
        clearable
        clearButtonProps={{ "aria-label": "Take all scopes away" }}
      />
      <Select
        label="Opens for"
        data={LASTS}
        value={lasts}
        allowDeselect={false}
        onChange={(chosen) => setLasts(chosen ?? "")}
      />
    </FormDialog>
  );
}

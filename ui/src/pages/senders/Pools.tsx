import { Button, Group, Modal, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { type FormEvent, useState } from "react";
import { api, data } from "../../api/typed";
import type { components } from "../../api/schema";
import { useMay } from "../../app/me";
import { ErrorNotice } from "../../components/ErrorNotice";
import { Card } from "../settings/Card";
import { Confirm } from "../../components/Confirm";
import { type Column, Records } from "../settings/Records";
import classes from "./Pools.module.css";
import { useCredentialOf } from "./sender";

type Pool = components["schemas"]["PoolOut"];
type PoolChannel = "sms" | "whatsapp";

const NEAR: Record<string, string> = {
  area: "nearest area code, else the country",
  country: "same country",
  none: "any of them",
};

/** Several senders that share their work; `pool:name` stands wherever one sender may. */
export function Pools() {
  const manages = useMay("admin");
  const [adding, setAdding] = useState(false);
  const pools = useQuery({ queryKey: ["senders", "list", "pools"], queryFn: () => data(api.GET("/api/v1/pools")) });
  const columns: Column<Pool>[] = [
    {
      head: "Pool",
      cell: (pool) => (
        <div>
          <strong style={{ fontWeight: 600 }}>pool:{pool.name}</strong>
          <Text size="xs" c="dimmed">
            {pool.channel === "sms" ? "SMS" : "WhatsApp"}, {NEAR[pool.geo_match] ?? pool.geo_match}
          </Text>
        </div>
      ),
    },
    { head: "Senders", cell: (pool) => <Members pool={pool} /> },
  ];
  if (manages) columns.push({ head: "What can be done", quiet: true, cell: (pool) => <Actions pool={pool} /> });
  return (
    <Card
      title="Pools"
      about="Several senders that share their work. Each person keeps hearing from the same one of them."
      flush
      actions={
        manages && (
          <Button variant="default" size="xs" leftSection={<Plus size={14} aria-hidden />} onClick={() => setAdding(true)}>
            Make a pool
          </Button>
        )
      }
    >
      {pools.error && <ErrorNotice error={pools.error} retry={() => void pools.refetch()} />}
      {pools.data?.length === 0 && (
        <Text size="sm" c="dimmed" px={18} pt={8} pb={18}>
          There is no pool. One helps when a single number is too slow for what is to be sent.
        </Text>
      )}
      {pools.data && pools.data.length > 0 && (
        <Records<Pool>
          label="Pools"
          rows={pools.data}
          id={(pool) => `${pool.account_sid} ${pool.channel} ${pool.name}`}
          columns={columns}
        />
      )}
      <PoolForm opened={adding} onClose={() => setAdding(false)} />
    </Card>
  );
}

function useSendersChanged() {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: ["senders"] });
}

function Members({ pool }: { pool: Pool }) {
  const manages = useMay("admin");
  const changed = useSendersChanged();
  const credential = useCredentialOf(pool.account_sid);
  const remove = useMutation({
    mutationFn: (sender: string) =>
      data(
        api.DELETE("/api/v1/pools/{name}/senders/{sender}", {
          params: {
            path: { name: pool.name, sender },
            query: { channel: pool.channel as PoolChannel, credential },
          },
        }),
      ),
    onSuccess: changed,
  });
  const codes = new Map(pool.rejected.map(({ sender, code }) => [sender, code]));
  return (
    <div>
      <ul className={classes.members}>
        {pool.senders.map((sender) => (
          <li key={sender} data-refused={codes.has(sender)}>
            <span className="rl-figures">{sender}</span>
            {codes.has(sender) && <span className={classes.refused}>left out: Twilio error {codes.get(sender)}</span>}
            {manages && (
              <button
                type="button"
                onClick={() => remove.mutate(sender)}
                aria-label={`Take ${sender} out of pool:${pool.name}`}
              >
                <X size={14} aria-hidden />
              </button>
            )}
          </li>
        ))}
        {pool.senders.length === 0 && <li>no sender yet</li>}
      </ul>
      {remove.error && <ErrorNotice error={remove.error} />}
    </div>
  );
}

function Actions({ pool }: { pool: Pool }) {
  const changed = useSendersChanged();
  const credential = useCredentialOf(pool.account_sid);
  const [asked, setAsked] = useState<"add" | "delete" | null>(null);
  const remove = useMutation({
    mutationFn: () =>
      data(
        api.DELETE("/api/v1/pools/{name}", {
          params: { path: { name: pool.name }, query: { channel: pool.channel as PoolChannel, credential } },
        }),
      ),
    onSuccess: () => {
      setAsked(null);
      return changed();
    },
  });
  return (
    <Group gap="xs">
      <Button variant="default" size="xs" onClick={() => setAsked("add")} aria-label={`Add senders to pool:${pool.name}`}>
        Add senders
      </Button>
      <Button variant="default" size="xs" onClick={() => setAsked("delete")} aria-label={`Delete pool:${pool.name}`}>
        Delete
      </Button>
      <PoolForm opened={asked === "add"} pool={pool} onClose={() => setAsked(null)} />
      <Confirm
        opened={asked === "delete"}
        title={`Delete pool:${pool.name}?`}
        action="Delete"
        onConfirm={() => remove.mutate()}
        onClose={() => setAsked(null)}
        busy={remove.isPending}
        error={remove.error}
      >
        Its senders stay. Workflows that send from it fail until there is a pool of that name again.
      </Confirm>
    </Group>
  );
}

function PoolForm({ opened, pool, onClose }: { opened: boolean; pool?: Pool; onClose: () => void }) {
  const changed = useSendersChanged();
  const credential = useCredentialOf(pool?.account_sid ?? "");
  const [name, setName] = useState("");
  const [near, setNear] = useState<"area" | "country" | "none">("area");
  const [senders, setSenders] = useState("");
  const save = useMutation({
    mutationFn: () => {
      const listed = senders.split(/[\n,;]+/).flatMap((one) => one.trim() || []);
      return pool
        ? data(
            api.POST("/api/v1/pools/{name}/senders", {
              params: { path: { name: pool.name } },
              body: { senders: listed, channel: pool.channel as PoolChannel, credential },
            }),
          )
        : data(api.POST("/api/v1/pools", { body: { name, senders: listed, geo_match: near, channel: "sms" } }));
    },
    onSuccess: () => {
      setSenders("");
      setName("");
      onClose();
      return changed();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Modal opened={opened} onClose={onClose} title={pool ? `Add senders to pool:${pool.name}` : "Make a pool"}>
      <form onSubmit={submit}>
        <Stack gap="md">
          {save.error && <ErrorNotice error={save.error} />}
          {!pool && (
            <>
              <TextInput
                label="Name"
                description="Small letters, digits, - and _, such as alerts"
                required
                withAsterisk={false}
                data-autofocus
                value={name}
                onChange={(event) => setName(event.currentTarget.value)}
              />
              <Select
                label="Which sender a person hears from"
                data={[
                  { value: "area", label: "One from their area or country" },
                  { value: "country", label: "One from their country" },
                  { value: "none", label: "Any of them" },
                ]}
                value={near}
                allowDeselect={false}
                onChange={(chosen) => chosen && setNear(chosen as "area" | "country" | "none")}
              />
            </>
          )}
          <Textarea
            label="Senders"
            description="Numbers, short codes or names, one a line"
            placeholder={"+15550001111\n+15550002222"}
            autosize
            minRows={3}
            value={senders}
            onChange={(event) => setSenders(event.currentTarget.value)}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={save.isPending} disabled={pool ? !senders.trim() : !name.trim()}>
              {pool ? "Add" : "Make it"}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

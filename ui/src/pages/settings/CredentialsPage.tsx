import { Button, Code, Group, Menu, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Ellipsis, Plus, Zap } from "lucide-react";
import { useState } from "react";
import { api, data } from "../../api/typed";
import type { components } from "../../api/schema";
import { useMay } from "../../app/me";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNotice } from "../../components/ErrorNotice";
import { Loading } from "../../components/Loading";
import { Moment } from "../../components/Moment";
import { StatusPill } from "../../components/StatusPill";
import { AddCredential, ReplaceToken } from "./CredentialForms";
import { Card } from "./Card";
import { Confirm } from "../../components/Confirm";
import classes from "./CredentialsPage.module.css";
import { SettingsFrame } from "./SettingsFrame";
import { WhereToFind } from "./WhereToFind";

type Credential = components["schemas"]["CredentialOut"];

const stored = queryOptions({
  queryKey: ["credentials", "list"],
  queryFn: () => data(api.GET("/api/v1/credentials")),
});

/** Twilio accounts: added, tested, given a new token, removed. Their secrets go in and never come out. */
export function CredentialsPage() {
  const manages = useMay("admin");
  const [adding, setAdding] = useState(false);
  const known = useQuery({ ...stored, enabled: manages });
  return (
    <SettingsFrame
      title="Credentials"
      about="Twilio accounts that messages and calls go through. Their tokens are kept encrypted and never shown."
      actions={
        manages && (
          <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setAdding(true)}>
            Add an account
          </Button>
        )
      }
    >
      <List onAdd={() => setAdding(true)} />
      <Card title="Where to find the values">
        <WhereToFind />
      </Card>
      {adding && <AddCredential opened first={known.data?.length === 0} onClose={() => setAdding(false)} />}
    </SettingsFrame>
  );
}

function List({ onAdd }: { onAdd: () => void }) {
  const manages = useMay("admin");
  const credentials = useQuery(stored);
  if (credentials.isPending) return <Loading />;
  if (credentials.error) return <ErrorNotice error={credentials.error} retry={() => void credentials.refetch()} />;
  if (credentials.data.length === 0) {
    return (
      <Card flush>
        <EmptyState
          title="No account is stored yet"
          action={
            manages && (
              <Button mt="xs" variant="default" onClick={onAdd}>
                Add the first one
              </Button>
            )
          }
        >
          Messages and calls need the account SID and the auth token of a Twilio account. Below is where to find them.
        </EmptyState>
      </Card>
    );
  }
  return credentials.data.map((credential) => <Account key={credential.name} credential={credential} />);
}

function Account({ credential }: { credential: Credential }) {
  const manages = useMay("admin");
  const path = { params: { path: { name: credential.name } } };
  const test = useMutation({ mutationFn: () => data(api.POST("/api/v1/credentials/{name}/test", path)) });
  return (
    <Card
      title={credential.name}
      actions={
        manages && (
          <Group gap="xs">
            <Button
              variant="default"
              size="xs"
              leftSection={<Zap size={14} aria-hidden />}
              onClick={() => test.mutate()}
              loading={test.isPending}
              aria-label={`Test ${credential.name}`}
            >
              Test
            </Button>
            <More credential={credential} />
          </Group>
        )
      }
    >
      <dl className={classes.facts}>
        <Fact name="Account SID">
          <Code className={classes.sid}>{credential.account_sid}</Code>
        </Fact>
        <Fact name="Signs in with">{credential.kind === "api_key" ? "an API key" : "the auth token"}</Fact>
        <Fact name="Default sender">{credential.default_from ?? "none"}</Fact>
        <Fact name="Sends through">{credential.server}</Fact>
        <Fact name="Added">
          <Moment at={credential.created_at} />
        </Fact>
      </dl>
      <div role="status">
        {test.data && (
          <div className={classes.result} data-ok={test.data.ok}>
            <StatusPill tone={test.data.ok ? "good" : test.data.unreachable ? "wait" : "bad"}>
              {test.data.ok ? "Works" : test.data.unreachable ? "Nobody answered" : "Does not work"}
            </StatusPill>
            <Text size="sm">
              {test.data.detail} {test.data.fix}
            </Text>
          </div>
        )}
      </div>
      {test.error && <ErrorNotice error={test.error} />}
    </Card>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function More({ credential }: { credential: Credential }) {
  const queryClient = useQueryClient();
  const [asked, setAsked] = useState<"token" | "remove" | null>(null);
  const remove = useMutation({
    mutationFn: () =>
      data(api.DELETE("/api/v1/credentials/{name}", { params: { path: { name: credential.name } } })),
    onSuccess: () => {
      setAsked(null);
      notifications.show({ message: `${credential.name} is forgotten.`, color: "green" });
      return queryClient.invalidateQueries({ queryKey: ["credentials"] });
    },
  });
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Button variant="default" size="xs" px={8} aria-label={`More for ${credential.name}`}>
            <Ellipsis size={16} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setAsked("token")}>Replace the token</Menu.Item>
          <Menu.Item color="var(--rl-bad)" onClick={() => setAsked("remove")}>
            Remove
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ReplaceToken credential={credential} opened={asked === "token"} onClose={() => setAsked(null)} />
      <Confirm
        opened={asked === "remove"}
        title={`Remove ${credential.name}?`}
        action="Remove"
        onConfirm={() => remove.mutate()}
        onClose={() => setAsked(null)}
        busy={remove.isPending}
        error={remove.error}
      >
        What was sent through it stays. Workflows and messages that name it fail until one of that name is added again.
      </Confirm>
    </>
  );
}

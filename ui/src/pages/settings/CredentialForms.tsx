import { Button, Collapse, Group, Modal, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, data } from "../../api/typed";
import { ProblemError } from "../../api/problem";
import type { components } from "../../api/schema";
import { ErrorNotice } from "../../components/ErrorNotice";

type Credential = components["schemas"]["CredentialOut"];

const EMPTY = { name: "", account_sid: "", auth_token: "", api_key: "", default_from: "", base_url: "" };

/** The values of a Twilio account, kept and tested at once; the first one is called main. */
export function AddCredential({ opened, first, onClose }: { opened: boolean; first: boolean; onClose: () => void }) {
  const queryClient = useQueryClient();
  const [values, setValues] = useState({ ...EMPTY, name: first ? "main" : "" });
  const [more, { toggle }] = useDisclosure(false);
  const add = useMutation({
    mutationFn: async () => {
      const { api_key, default_from, base_url, ...rest } = values;
      const made = await data(
        api.POST("/api/v1/credentials", {
          body: {
            ...rest,
            api_key: api_key.trim() || null,
            default_from: default_from.trim() || null,
            base_url: base_url.trim() || null,
          },
        }),
      );
      return data(api.POST("/api/v1/credentials/{name}/test", { params: { path: { name: made.name } } }));
    },
    onSuccess: (tested) => {
      notifications.show({
        title: tested.ok ? "The account is added" : "The account is added, and does not work yet",
        message: `${tested.detail} ${tested.fix}`.trim(),
        color: tested.ok ? "green" : "yellow",
        autoClose: tested.ok ? 6000 : false,
      });
      setValues(EMPTY);
      onClose();
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["credentials"] }),
  });
  const field = (name: keyof typeof EMPTY) => ({
    value: values[name],
    error: faultOf(add.error, name),
    onChange: (event: { currentTarget: { value: string } }) =>
      setValues({ ...values, [name]: event.currentTarget.value }),
    autoComplete: "off",
    spellCheck: false,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  return (
    <Modal opened={opened} onClose={onClose} title="Add a Twilio account" size="lg">
      <form onSubmit={submit}>
        <Stack gap="md">
          {add.error && !isAboutField(add.error) && <ErrorNotice error={add.error} />}
          <TextInput
            label="Name"
            description="What workflows and messages call it; the one named main is taken where none is named"
            required
            withAsterisk={false}
            {...field("name")}
          />
          <TextInput
            label="Account SID"
            description="On the first page of console.twilio.com under Account Info: AC and 32 more characters"
            required
            withAsterisk={false}
            data-autofocus
            styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }}
            {...field("account_sid")}
          />
          <PasswordInput
            label={values.api_key ? "Secret of the API key" : "Auth token"}
            description={
              values.api_key
                ? "Twilio shows it only once, when the key is made"
                : "Beside the account SID; press Show there to see it"
            }
            required
            withAsterisk={false}
            visibilityToggleButtonProps={{ "aria-label": "Show the token", tabIndex: 0 }}
            {...field("auth_token")}
          />
          <TextInput
            label="Default sender (optional)"
            description="A number of the account, such as +15550001111, for messages that name none"
            {...field("default_from")}
          />
          <Button variant="subtle" size="xs" onClick={toggle} aria-expanded={more} style={{ alignSelf: "flex-start" }}>
            {more ? "Fewer settings" : "An API key, or another server"}
          </Button>
          <Collapse expanded={more}>
            <Stack gap="md">
              <TextInput
                label="API key (optional)"
                description="Its SID, SK and 32 more characters, if the token above is its secret"
                {...field("api_key")}
              />
              <TextInput
                label="Another server (optional)"
                description="The address of what stands in for Twilio, such as a simulator"
                {...field("base_url")}
              />
            </Stack>
          </Collapse>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={add.isPending} disabled={!values.account_sid || !values.auth_token}>
              Add and test
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** A credential's new token, as after a rotation in Twilio's console. */
export function ReplaceToken({
  credential,
  opened,
  onClose,
}: {
  credential: Credential;
  opened: boolean;
  onClose: () => void;
}) {
  const queryClient = useQueryClient();
  const [token, setToken] = useState("");
  const path = { params: { path: { name: credential.name } } };
  const replace = useMutation({
    mutationFn: async () => {
      await data(api.PUT("/api/v1/credentials/{name}/token", { ...path, body: { auth_token: token } }));
      return data(api.POST("/api/v1/credentials/{name}/test", path));
    },
    onSuccess: (tested) => {
      notifications.show({
        title: `${credential.name} has its new token`,
        message: `${tested.detail} ${tested.fix}`.trim(),
        color: tested.ok ? "green" : "yellow",
        autoClose: tested.ok ? 6000 : false,
      });
      setToken("");
      onClose();
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["credentials"] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    replace.mutate();
  };
  return (
    <Modal opened={opened} onClose={onClose} title={`A new token for ${credential.name}`}>
      <form onSubmit={submit}>
        <Stack gap="md">
          {replace.error && !isAboutField(replace.error) && <ErrorNotice error={replace.error} />}
          <PasswordInput
            label={credential.kind === "api_key" ? "Secret of the API key" : "Auth token"}
            description="In Twilio's console, make a secondary token, enter it here, then promote it there."
            required
            withAsterisk={false}
            data-autofocus
            autoComplete="off"
            value={token}
            error={faultOf(replace.error, "auth_token")}
            onChange={(event) => setToken(event.currentTarget.value)}
            visibilityToggleButtonProps={{ "aria-label": "Show the token", tabIndex: 0 }}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={replace.isPending} disabled={!token}>
              Replace and test
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function isAboutField(error: unknown): boolean {
  return error instanceof ProblemError && error.field !== null && error.field in EMPTY;
}

function faultOf(error: unknown, field: string): string | undefined {
  return error instanceof ProblemError && error.field === field ? `${error.message} ${error.fix}`.trim() : undefined;
}

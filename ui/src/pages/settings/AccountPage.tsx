import { Alert, Button, Group, PasswordInput, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { ask, setCsrf } from "../../api/client";
import { api, data } from "../../api/typed";
import { ProblemError } from "../../api/problem";
import type { components } from "../../api/schema";
import { type Me, me, useMe } from "../../app/me";
import { ErrorNotice } from "../../components/ErrorNotice";
import { Loading } from "../../components/Loading";
import { Moment } from "../../components/Moment";
import { StatusPill } from "../../components/StatusPill";
import { browserName } from "./browsers";
import { Card } from "./Card";
import { Records } from "./Records";
import { ROLE_WORDS } from "./roles";
import { SettingsFrame } from "./SettingsFrame";

type SignIn = components["schemas"]["SignInOut"];

/** One's own account: the password, and where one is signed in. */
export function AccountPage() {
  const { name, role, must_change_password } = useMe();
  return (
    <SettingsFrame title="Your account" about={`${name} is ${/^[aeo]/.test(role) ? "an" : "a"} ${role}, who ${ROLE_WORDS[role]}.`}>
      {must_change_password && (
        <Alert color="yellow" variant="light" title="Choose a password of your own">
          The one you signed in with was given to you. Everything else opens once it is changed.
        </Alert>
      )}
      <Password />
      {!must_change_password && <Browsers />}
    </SettingsFrame>
  );
}

function Password() {
  const { name, must_change_password } = useMe();
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const signIns = useSignIns(!must_change_password);
  const byLink = signIns.data?.some((one) => one.is_this && one.how === "link") ?? false;
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const differs = again !== "" && again !== password;

  const change = useMutation({
    mutationFn: () =>
      ask<Me>("/api/v1/me/password", { json: { password, ...(byLink ? {} : { current }) } }),
    onSuccess: (found) => {
      setCsrf(found.csrf);
      queryClient.setQueryData(me.queryKey, found);
      void queryClient.invalidateQueries({ queryKey: ["users"] });
      setCurrent("");
      setPassword("");
      setAgain("");
      notifications.show({ message: "The password is changed. Every other browser is signed out.", color: "green" });
      if (must_change_password) void navigate({ to: "/" });
    },
  });
  const problem = change.error instanceof ProblemError ? change.error : null;
  const fault = (field: string) =>
    problem?.field === field ? `${problem.message} ${problem.fix}`.trim() : undefined;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (password && password === again) change.mutate();
  };

  return (
    <Card title="Password" about="At least ten characters. Three or four words are easy to keep and hard to guess.">
      <form onSubmit={submit}>
        <Stack gap="sm" maw={380}>
          <input type="hidden" name="username" autoComplete="username" value={name} readOnly />
          {change.error && !problem?.field && <ErrorNotice error={change.error} />}
          {!byLink && (
            <PasswordInput
              label="The password until now"
              autoComplete="current-password"
              required
              withAsterisk={false}
              value={current}
              error={fault("current")}
              onChange={(event) => setCurrent(event.currentTarget.value)}
              visibilityToggleButtonProps={{ "aria-label": "Show the password until now", tabIndex: 0 }}
            />
          )}
          <PasswordInput
            label="The new one"
            autoComplete="new-password"
            required
            withAsterisk={false}
            minLength={10}
            value={password}
            error={fault("password")}
            onChange={(event) => setPassword(event.currentTarget.value)}
            visibilityToggleButtonProps={{ "aria-label": "Show the new password", tabIndex: 0 }}
          />
          <PasswordInput
            label="The new one again"
            autoComplete="new-password"
            required
            withAsterisk={false}
            value={again}
            error={differs ? "This differs from the one above." : undefined}
            onChange={(event) => setAgain(event.currentTarget.value)}
            visibilityToggleButtonProps={{ "aria-label": "Show the repeated password", tabIndex: 0 }}
          />
          <Group>
            <Button type="submit" loading={change.isPending} disabled={!password || password !== again}>
              Change the password
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}

function useSignIns(enabled = true) {
  return useQuery({
    queryKey: ["users", "list", "sign-ins"],
    queryFn: () => data(api.GET("/api/v1/me/sign-ins")),
    enabled,
  });
}

function Browsers() {
  const queryClient = useQueryClient();
  const signIns = useSignIns();
  const end = useMutation({
    mutationFn: (id: string) => ask(`/api/v1/me/sign-ins/${id}`, { method: "DELETE" }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["users"] }),
  });
  const everywhere = useMutation({
    mutationFn: () => ask("/api/v1/me/sign-out-everywhere", { method: "POST" }),
    onSuccess: () => window.location.assign("/sign-in"),
  });
  return (
    <Card
      title="Where you are signed in"
      about="A browser is signed out after a week in which it asked for nothing, and after a month in any case."
      flush
      actions={
        <Button variant="default" size="xs" onClick={() => everywhere.mutate()} loading={everywhere.isPending}>
          Sign out everywhere
        </Button>
      }
    >
      {signIns.isPending && <Loading />}
      {signIns.error && <ErrorNotice error={signIns.error} retry={() => void signIns.refetch()} />}
      {end.error && <ErrorNotice error={end.error} />}
      {signIns.data && (
        <Records<SignIn>
          label="Where you are signed in"
          rows={signIns.data}
          id={(one) => one.id}
          columns={[
            {
              head: "Browser",
              cell: (one) => (
                <Group gap={8}>
                  <Text size="sm" fw={550} title={one.browser}>
                    {browserName(one.browser)}
                  </Text>
                  {one.is_this && <StatusPill tone="good">This one</StatusPill>}
                </Group>
              ),
            },
            { head: "Address", cell: (one) => one.address || "–" },
            { head: "By", cell: (one) => (one.how === "link" ? "one-time link" : "password") },
            { head: "Last used", cell: (one) => <Moment at={one.seen_at} /> },
            { head: "Since", cell: (one) => <Moment at={one.created_at} /> },
            {
              head: "What can be done",
              quiet: true,
              cell: (one) =>
                one.is_this ? null : (
                  <Button
                    variant="default"
                    size="xs"
                    onClick={() => end.mutate(one.id)}
                    aria-label={`Sign out ${browserName(one.browser)}`}
                  >
                    Sign out
                  </Button>
                ),
            },
          ]}
        />
      )}
    </Card>
  );
}

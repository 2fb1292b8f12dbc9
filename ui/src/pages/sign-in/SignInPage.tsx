import { Button, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { ask, setCsrf } from "../../api/client";
import { type Me, me } from "../../app/me";
import { queryClient } from "../../app/queries";
import { ErrorNotice } from "../../components/ErrorNotice";
import { Mark } from "../../components/Mark";
import classes from "./SignInPage.module.css";

const WHY: Record<string, string> = {
  link: "This link was used before, or is older than an hour. A new start of the server prints a new one.",
  here: "A one-time link signs in only on the machine the server runs on. Use your name and password.",
};

/** The way in by name and password. */
export function SignInPage() {
  const { then, why } = useSearch({ from: "/sign-in" });
  const navigate = useNavigate();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const passwordField = useRef<HTMLInputElement>(null);

  useEffect(() => {
    document.title = "Sign in to Ringline";
    return () => {
      document.title = "Ringline";
    };
  }, []);

  const enter = useMutation({
    mutationFn: () => ask<Me>("/api/v1/sign-in", { json: { name, password } }),
    onSuccess: (found) => {
      // Whatever was there belongs to somebody else, or to nobody.
      queryClient.clear();
      setCsrf(found.csrf);
      queryClient.setQueryData(me.queryKey, found);
      void navigate({ to: found.must_change_password ? "/settings/account" : (then ?? "/") });
    },
    onError: () => {
      setPassword("");
      passwordField.current?.focus();
    },
  });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() && password) enter.mutate();
  };

  return (
    <main className={classes.page}>
      <div className={classes.card}>
        <div className={classes.brand}>
          <Mark />
          <Title order={1} size={22}>
            Sign in to Ringline
          </Title>
        </div>
        <form onSubmit={submit}>
          <Stack gap="md">
            {why && WHY[why] && !enter.error && (
              <Text size="sm" className={classes.why} role="status">
                {WHY[why]}
              </Text>
            )}
            {enter.error && <ErrorNotice error={enter.error} />}
            <TextInput
              label="Name"
              name="username"
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
              required
              withAsterisk={false}
              autoFocus
              size="md"
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <PasswordInput
              ref={passwordField}
              label="Password"
              name="password"
              autoComplete="current-password"
              required
              withAsterisk={false}
              size="md"
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
              visibilityToggleButtonProps={{ "aria-label": "Show the password", tabIndex: 0 }}
            />
            <Button type="submit" size="md" loading={enter.isPending} fullWidth>
              Sign in
            </Button>
          </Stack>
        </form>
        <Text size="sm" c="dimmed" mt="lg">
          The first time, the terminal in which the server was started shows a name and a password, and on this machine
          a link that signs in once. A forgotten password is set anew by an admin.
        </Text>
      </div>
    </main>
  );
}

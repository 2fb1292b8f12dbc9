import { Button, Group, Menu, Select, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Ellipsis, UserPlus } from "lucide-react";
import { useState } from "react";
import { api, data } from "../../api/typed";
import type { components } from "../../api/schema";
import { type Role, useMe } from "../../app/me";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNotice } from "../../components/ErrorNotice";
import { FormDialog } from "../../components/FormDialog";
import { Loading } from "../../components/Loading";
import { Moment } from "../../components/Moment";
import { StatusPill } from "../../components/StatusPill";
import { Card } from "./Card";
import { Confirm } from "../../components/Confirm";
import { Records } from "./Records";
import { ROLE_CHOICES } from "./roles";
import { RoleSelect } from "./RoleSelect";
import { SecretOnce } from "./SecretOnce";
import { SettingsFrame } from "./SettingsFrame";

type User = components["schemas"]["UserOut"];

interface Given {
  name: string;
  password: string;
}

/** Who may sign in, and with which role. */
export function UsersPage() {
  const [adding, setAdding] = useState(false);
  const [given, setGiven] = useState<Given | null>(null);
  return (
    <SettingsFrame
      title="Users"
      about="People who may sign in here. Programs have API keys."
      actions={
        <Button leftSection={<UserPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
          Add a user
        </Button>
      }
    >
      <List onGiven={setGiven} />
      <AddUser
        opened={adding}
        onClose={() => setAdding(false)}
        onGiven={(made) => {
          setAdding(false);
          setGiven(made);
        }}
      />
      <SecretOnce
        title={`The password of ${given?.name ?? ""}`}
        about="Give it to them in a safe way. They choose one of their own when they first sign in."
        secret={given?.password ?? null}
        onClose={() => setGiven(null)}
      />
    </SettingsFrame>
  );
}

function useUsersChanged() {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: ["users"] });
}

function List({ onGiven }: { onGiven: (given: Given) => void }) {
  const changed = useUsersChanged();
  const users = useQuery({ queryKey: ["users", "list"], queryFn: () => data(api.GET("/api/v1/users")) });
  const changeRole = useMutation({
    mutationFn: ({ name, role }: { name: string; role: Role }) =>
      data(api.PATCH("/api/v1/users/{name}", { params: { path: { name } }, body: { role } })),
    onSuccess: (user) => {
      notifications.show({ message: `${user.name} is now ${user.role}.`, color: "green" });
      return changed();
    },
  });
  if (users.isPending) return <Loading />;
  if (users.error) return <ErrorNotice error={users.error} retry={() => void users.refetch()} />;
  return (
    <>
      {changeRole.error && <ErrorNotice error={changeRole.error} />}
      <Card flush>
        {users.data.length === 0 ? (
          <EmptyState title="Nobody may sign in yet">
            The first user is made when a server first starts. This one was started in another way.
          </EmptyState>
        ) : (
          <Records<User>
            label="Users"
            rows={users.data}
            id={(user) => user.id}
            columns={[
              { head: "Name", cell: (user) => <Name user={user} /> },
              {
                head: "Role",
                cell: (user) => (
                  <Select
                    aria-label={`Role of ${user.name}`}
                    data={ROLE_CHOICES}
                    value={user.role}
                    size="xs"
                    w={120}
                    allowDeselect={false}
                    comboboxProps={{ withinPortal: true }}
                    onChange={(role) => role && changeRole.mutate({ name: user.name, role: role as Role })}
                  />
                ),
              },
              { head: "Last seen", cell: (user) => <Moment at={user.seen_at} /> },
              {
                head: "Password since",
                cell: (user) =>
                  user.must_change_password ? (
                    <StatusPill tone="wait">Not changed yet</StatusPill>
                  ) : (
                    <Moment at={user.password_at} />
                  ),
              },
              { head: "What can be done", quiet: true, cell: (user) => <Actions user={user} onGiven={onGiven} /> },
            ]}
          />
        )}
      </Card>
    </>
  );
}

function Name({ user }: { user: User }) {
  const { name } = useMe();
  return (
    <Group gap={8}>
      <strong style={{ fontWeight: 600 }}>{user.name}</strong>
      {user.name === name && <StatusPill tone="idle">You</StatusPill>}
    </Group>
  );
}

function Actions({ user, onGiven }: { user: User; onGiven: (given: Given) => void }) {
  const { name } = useMe();
  const changed = useUsersChanged();
  const [asked, setAsked] = useState<"password" | "remove" | null>(null);
  const path = { params: { path: { name: user.name } } };
  const done = () => {
    setAsked(null);
    return changed();
  };
  const reset = useMutation({
    mutationFn: () => data(api.POST("/api/v1/users/{name}/password", { ...path, body: {} })),
    onSuccess: (made) => {
      onGiven({ name: made.name, password: made.password });
      return done();
    },
  });
  const signOut = useMutation({
    mutationFn: () => data(api.POST("/api/v1/users/{name}/sign-out", path)),
    onSuccess: () => {
      notifications.show({ message: `${user.name} is signed out everywhere.`, color: "green" });
      return changed();
    },
  });
  const remove = useMutation({
    mutationFn: () => data(api.DELETE("/api/v1/users/{name}", path)),
    onSuccess: () => {
      notifications.show({ message: `${user.name} may not sign in any more.`, color: "green" });
      return done();
    },
  });
  if (user.name === name) return null;
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <Button variant="default" size="xs" px={8} aria-label={`More for ${user.name}`}>
            <Ellipsis size={16} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => setAsked("password")}>Give a new password</Menu.Item>
          <Menu.Item onClick={() => signOut.mutate()}>Sign out everywhere</Menu.Item>
          <Menu.Item color="var(--rl-bad)" onClick={() => setAsked("remove")}>
            Remove
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Confirm
        opened={asked === "password"}
        title={`A new password for ${user.name}?`}
        action="Give a new one"
        harmless
        onConfirm={() => reset.mutate()}
        onClose={() => setAsked(null)}
        busy={reset.isPending}
        error={reset.error}
      >
        The old one opens nothing any more, and {user.name} is signed out everywhere.
      </Confirm>
      <Confirm
        opened={asked === "remove"}
        title={`Remove ${user.name}?`}
        action="Remove"
        onConfirm={() => remove.mutate()}
        onClose={() => setAsked(null)}
        busy={remove.isPending}
        error={remove.error}
      >
        They are signed out at once and cannot come back. What they did stays in the audit log.
      </Confirm>
    </>
  );
}

function AddUser({
  opened,
  onClose,
  onGiven,
}: {
  opened: boolean;
  onClose: () => void;
  onGiven: (given: Given) => void;
}) {
  const changed = useUsersChanged();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("operator");
  const add = useMutation({
    mutationFn: () => data(api.POST("/api/v1/users", { body: { name, role } })),
    onSuccess: (made) => {
      setName("");
      onGiven({ name: made.name, password: made.password });
      return changed();
    },
  });
  return (
    <FormDialog
      opened={opened}
      title="Add a user"
      action="Add"
      busy={add.isPending}
      incomplete={!name.trim()}
      error={add.error}
      onSubmit={() => add.mutate()}
      onClose={onClose}
    >
      <TextInput
        label="Name"
        description="An e-mail address or a short name; letters, digits and . _ @ + -"
        required
        withAsterisk={false}
        data-autofocus
        autoComplete="off"
        autoCapitalize="none"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <RoleSelect value={role} onChange={setRole} />
    </FormDialog>
  );
}

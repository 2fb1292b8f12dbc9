import { Button, FileButton, Group, Modal, Stack, Tabs, Text, Textarea, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { FileUp } from "lucide-react";
import { useEffect, useState } from "react";
import { ask } from "../../api/client";
import { explain } from "../../api/problem";
import { Loading } from "../../components/Loading";
import { freeName, type Template, workflowRows } from "./rows";
import classes from "./NewWorkflow.module.css";

type From = "empty" | "template" | "import";

/** Where a workflow begins: empty, as one of the examples, or as a file from elsewhere. */
export function NewWorkflow({ opened, close }: { opened: boolean; close: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [from, setFrom] = useState<From>("empty");
  const [name, setName] = useState("");
  const [text, setText] = useState("");
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState<string | null>(null);
  const templates = useQuery({
    queryKey: ["templates"],
    queryFn: () => ask<Template[]>("/api/v1/templates"),
    enabled: opened,
    staleTime: Infinity,
  });
  useEffect(() => {
    if (!opened) return;
    setName("");
    setText("");
    setError(null);
    setFrom("empty");
  }, [opened]);

  const begin = async (called: string, definition: string | null, which: string) => {
    setBusy(which);
    setError(null);
    try {
      const made = await ask<{ name: string }>("/api/v1/drafts", { json: { name: called, text: definition } });
      void client.invalidateQueries({ queryKey: ["workflows", "list"] });
      // The dialog goes with its page. Closing it first is a way of its own, to this very page, and may win.
      void navigate({ to: "/workflows/$name", params: { name: made.name } });
    } catch (failure) {
      const { sentence, fix } = explain(failure);
      setError(`${sentence} ${fix}`);
      setBusy(null);
    }
  };
  // The dialog may be there before the list is; a name given without it could be taken.
  const free = async (wanted: string) =>
    freeName(wanted, (await client.ensureQueryData(workflowRows)).map((row) => row.name));
  const copy = async (one: Template) => {
    setBusy(one.name);
    const called = await free(one.name).catch(() => one.name);
    await begin(called, called === one.name ? one.text : renamed(one.text, called), one.name);
  };
  const load = async (file: File | null) => {
    if (!file) return;
    const read = await file.text();
    if (/[\0\ufffd]/.test(read)) {
      setError(`${file.name} is no text. Choose a YAML or JSON file.`);
      return;
    }
    setError(null);
    setText(read);
    setName(await free(ownName(read) ?? file.name.replace(/\.(ya?ml|json)$/i, "")));
  };
  const nameField = (
    <TextInput
      label="Name"
      description="Letters, digits, spaces, - and _. It can be changed later."
      placeholder="appointment-reminder"
      value={name}
      onChange={(event) => {
        setName(event.currentTarget.value);
        setError(null);
      }}
      error={error}
      required
      data-autofocus
    />
  );
  return (
    <Modal opened={opened} onClose={close} title="New workflow" size="lg">
      <Tabs
        value={from}
        onChange={(to) => {
          setFrom((to ?? "empty") as From);
          setError(null);
        }}
        keepMounted={false}
      >
        <Tabs.List>
          <Tabs.Tab value="empty">Empty</Tabs.Tab>
          <Tabs.Tab value="template">From an example</Tabs.Tab>
          <Tabs.Tab value="import">Import</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="empty" pt="md">
          <form
            onSubmit={(event) => {
              event.preventDefault();
              void begin(name.trim(), null, "empty");
            }}
          >
            <Stack gap="md">
              {nameField}
              <Group justify="flex-end" gap="xs">
                <Button variant="default" onClick={close}>
                  Cancel
                </Button>
                <Button type="submit" loading={busy === "empty"} disabled={name.trim() === ""}>
                  Create
                </Button>
              </Group>
            </Stack>
          </form>
        </Tabs.Panel>
        <Tabs.Panel value="template" pt="md">
          {error && (
            <Text size="sm" c="red" role="alert" mb="xs">
              {error}
            </Text>
          )}
          {templates.data === undefined ? (
            <Loading />
          ) : (
            <ul className={classes.templates}>
              {templates.data.map((one) => (
                <li key={one.name}>
                  <button
                    type="button"
                    className={classes.template}
                    disabled={busy !== null}
                    onClick={() => void copy(one)}
                  >
                    <span className={classes.name}>{one.name}</span>
                    <span className={classes.about}>{one.about}</span>
                  </button>
                </li>
              ))}
            </ul>
          )}
        </Tabs.Panel>
        <Tabs.Panel value="import" pt="md">
          <form
            onSubmit={(event) => {
              event.preventDefault();
              void begin(name.trim(), text, "import");
            }}
          >
            <Stack gap="md">
              <Textarea
                label="Definition"
                description="YAML or JSON, of Ringline or of Roboflow. A file with faults can be imported too, and mended here."
                autosize
                minRows={7}
                maxRows={16}
                value={text}
                onChange={(event) => {
                  const typed = event.currentTarget.value;
                  setText(typed);
                  const own = ownName(typed);
                  if (own && name === "") void free(own).then(setName);
                }}
                spellCheck={false}
                classNames={{ input: classes.code }}
                required
              />
              {nameField}
              <Group justify="space-between">
                <FileButton onChange={(file) => void load(file)} accept=".yaml,.yml,.json,text/plain">
                  {(props) => (
                    <Button {...props} variant="default" leftSection={<FileUp size={16} aria-hidden />}>
                      Choose a file
                    </Button>
                  )}
                </FileButton>
                <Button type="submit" loading={busy === "import"} disabled={name.trim() === "" || text.trim() === ""}>
                  Import
                </Button>
              </Group>
            </Stack>
          </form>
        </Tabs.Panel>
      </Tabs>
    </Modal>
  );
}

/** The name a definition gives itself, to fill in the field with; the server reads the text itself. */
function ownName(text: string): string | null {
  return /^\s*(?:"name"|name)\s*:\s*["']?([\w .-]+?)["']?,?\s*$/m.exec(text)?.[1] ?? null;
}

function renamed(text: string, name: string): string {
  return text.replace(/^name: .*$/m, `name: ${name}`);
}

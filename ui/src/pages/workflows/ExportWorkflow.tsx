import { Alert, Button, Group, List, Modal, Radio, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { ask } from "../../api/client";
import { ErrorNotice } from "../../components/ErrorNotice";

type Form = "as_written" | "yaml" | "json" | "roboflow";

interface Exported {
  filename: string;
  text: string;
  obstacles: string[];
}

const FORMS: { value: Form; label: string; about: string }[] = [
  { value: "as_written", label: "As it is written", about: "With every comment, to keep under version control." },
  { value: "yaml", label: "YAML", about: "For `ringline run` and for people to read." },
  { value: "json", label: "JSON", about: "For programs." },
  { value: "roboflow", label: "For Roboflow", about: "Runs in Roboflow's engine where it uses only Roboflow's blocks." },
];

/** The definition as a file. */
export function ExportWorkflow({ name, opened, close }: { name: string; opened: boolean; close: () => void }) {
  const [form, setForm] = useState<Form>("as_written");
  const found = useQuery({
    queryKey: ["workflows", "one", name, "export", form],
    queryFn: () => ask<Exported>(`/api/v1/workflows/${encodeURIComponent(name)}/export?form=${form}`),
    enabled: opened,
  });
  const { data } = found;
  const obstacles = data?.obstacles ?? [];
  return (
    <Modal opened={opened} onClose={close} title={`Export ${name}`} size="md">
      <Stack gap="md">
        <Radio.Group value={form} onChange={(value) => setForm(value as Form)} label="Form of the file">
          <Stack gap="xs" mt={6}>
            {FORMS.map((one) => (
              <Radio key={one.value} value={one.value} label={one.label} description={one.about.replaceAll("`", "")} />
            ))}
          </Stack>
        </Radio.Group>
        {found.error && <ErrorNotice error={found.error} />}
        {obstacles.length > 0 && (
          <Alert color="yellow" variant="light" title="Roboflow's engine would not run it">
            <List size="sm" spacing={4}>
              {obstacles.map((one) => (
                <List.Item key={one}>{one.replaceAll("`", "")}</List.Item>
              ))}
            </List>
          </Alert>
        )}
        <Group justify="space-between" gap="xs">
          <Text size="sm" c="dimmed">
            {data?.filename}
          </Text>
          <Group gap="xs" ml="auto">
            <Button variant="default" onClick={close}>
              Close
            </Button>
            <Button
              leftSection={<Download size={16} aria-hidden />}
              disabled={!data}
              onClick={() => {
                if (data) download(data.filename, data.text);
              }}
            >
              Download
            </Button>
          </Group>
        </Group>
      </Stack>
    </Modal>
  );
}

function download(filename: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = filename;
  link.click();
  URL.revokeObjectURL(address);
}

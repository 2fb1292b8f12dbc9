import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { GitCompareArrows, RotateCcw, Undo2 } from "lucide-react";
import { useState } from "react";
import { ask } from "../../api/client";
import { explain } from "../../api/problem";
import { useMay } from "../../app/me";
import { ErrorNotice } from "../../components/ErrorNotice";
import { Loading } from "../../components/Loading";
import { Moment } from "../../components/Moment";
import { StatusPill } from "../../components/StatusPill";
import type { DraftHandle } from "../draft";
import { sessionOf } from "../session";
import type { Diff, Draft, VersionRow } from "../types";
import { DiffView } from "./DiffView";
import classes from "./VersionsPanel.module.css";

interface Compared {
  from: string;
  to: string;
  title: string;
}

/** What was published, by whom and when; what changed since; and the way back. */
export function VersionsPanel({ draft, handle }: { draft: Draft; handle: DraftHandle }) {
  const address = `/api/v1/workflows/${encodeURIComponent(draft.name)}`;
  const editable = useMay("editor");
  const readable = useMay("operator");
  const versions = useQuery({
    queryKey: ["workflows", "one", draft.name, "versions"],
    queryFn: () => ask<VersionRow[]>(`${address}/versions`),
  });
  const [compared, setCompared] = useState<Compared | null>(null);
  const [asks, setAsks] = useState(false);

  const goBack = async (version: number) => {
    try {
      const { definition } = await ask<{ definition: string }>(`${address}?version=${version}`);
      await handle.edit([{ op: "set_text", text: definition }]);
      notifications.show({
        title: `The draft is version ${version} again`,
        message: "Publish it to put it in force; undo takes you back to where you were.",
      });
    } catch (error) {
      const { sentence, fix } = explain(error);
      notifications.show({ color: "red", title: sentence, message: fix });
    }
  };

  if (versions.isPending) return <Loading />;
  if (versions.error) return <ErrorNotice error={versions.error} retry={() => void versions.refetch()} />;
  return (
    <Stack gap="md" p="sm">
      {readable && (
        <section className={classes.draft} aria-label="The draft">
          <Group justify="space-between" wrap="nowrap" align="flex-start">
            <div>
              <Text fw={600} size="sm">
                Draft
              </Text>
              <Text size="sm" c="dimmed">
                {draftWords(draft)} Saved <Moment at={draft.saved_at} />.
              </Text>
            </div>
            <StatusPill tone={draft.changed ? "wait" : "idle"}>{draft.changed ? "Changed" : "As published"}</StatusPill>
          </Group>
          {draft.changed && (
            <Group gap="xs" mt="xs">
              {draft.published !== null && (
                <Button
                  size="xs"
                  variant="default"
                  leftSection={<GitCompareArrows size={14} aria-hidden />}
                  onClick={() => setCompared({ from: `${draft.published}`, to: "draft", title: `What changed since version ${draft.published}` })}
                >
                  What changed
                </Button>
              )}
              {editable && versions.data.length > 0 && (
                <Button size="xs" variant="default" color="red" leftSection={<Undo2 size={14} aria-hidden />} onClick={() => setAsks(true)}>
                  Discard changes
                </Button>
              )}
            </Group>
          )}
        </section>
      )}
      {versions.data.length === 0 ? (
        <Text size="sm" c="dimmed">
          Nothing was published yet. Publishing keeps the draft as version 1, and its triggers start runs from then on.
        </Text>
      ) : (
        <ol className={classes.versions} aria-label="Versions">
          {versions.data.map((one, index) => {
            const before = versions.data[index + 1];
            return (
              <li key={one.version} className={classes.version}>
                <Group justify="space-between" wrap="nowrap" gap="xs">
                  <Text fw={600} size="sm">
                    Version {one.version}
                  </Text>
                  {one.current && <StatusPill tone="good">In force</StatusPill>}
                </Group>
                <Text size="sm" c="dimmed">
                  <Moment at={one.published_at} />
                  {one.published_by && ` by ${one.published_by}`}
                </Text>
                <Group gap="xs" mt={6}>
                  {readable && before && (
                    <Button
                      size="xs"
                      variant="default"
                      leftSection={<GitCompareArrows size={14} aria-hidden />}
                      aria-label={`What changed in version ${one.version}`}
                      onClick={() =>
                        setCompared({
                          from: `${before.version}`,
                          to: `${one.version}`,
                          title: `From version ${before.version} to version ${one.version}`,
                        })
                      }
                    >
                      What changed
                    </Button>
                  )}
                  {editable && (
                    <Button
                      size="xs"
                      variant="default"
                      leftSection={<RotateCcw size={14} aria-hidden />}
                      aria-label={`Go back to this: version ${one.version}`}
                      onClick={() => void goBack(one.version)}
                    >
                      Go back to this
                    </Button>
                  )}
                </Group>
              </li>
            );
          })}
        </ol>
      )}
      <Modal opened={compared !== null} onClose={() => setCompared(null)} title={compared?.title} size="xl">
        {compared && <Comparison address={address} compared={compared} etag={draft.etag} />}
      </Modal>
      <Discard name={draft.name} opened={asks} close={() => setAsks(false)} />
    </Stack>
  );
}

function Comparison({ address, compared, etag }: { address: string; compared: Compared; etag: string }) {
  const { from, to } = compared;
  const name = decodeURIComponent(address.split("/").at(-1) ?? "");
  const found = useQuery({
    queryKey: ["workflows", "one", name, "diff", from, to, to === "draft" ? etag : ""],
    queryFn: () => ask<Diff>(`${address}/diff?from=${from}&to=${to}`),
  });
  if (found.isPending) return <Loading />;
  if (found.error) return <ErrorNotice error={found.error} retry={() => void found.refetch()} />;
  return <DiffView diff={found.data} label="The lines that differ" />;
}

function Discard({ name, opened, close }: { name: string; opened: boolean; close: () => void }) {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const discard = async () => {
    setBusy(true);
    try {
      const left = await ask<Draft | null>(`/api/v1/drafts/${encodeURIComponent(name)}`, { method: "DELETE" });
      if (left) sessionOf(name).replace(left);
      void client.invalidateQueries({ queryKey: ["workflows", "list"] });
      close();
    } catch (error) {
      const { sentence, fix } = explain(error);
      notifications.show({ color: "red", title: sentence, message: fix });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal opened={opened} onClose={close} title="Discard what was changed?">
      <Text size="sm">The draft becomes the newest version again. What was edited since is gone for everybody.</Text>
      <Group justify="flex-end" gap="xs" mt="md">
        <Button variant="default" onClick={close} data-autofocus>
          Keep editing
        </Button>
        <Button color="red" loading={busy} onClick={() => void discard()}>
          Discard changes
        </Button>
      </Group>
    </Modal>
  );
}

function draftWords(draft: Draft): string {
  if (draft.published === null) return "Never published.";
  return draft.changed
    ? `Begun from version ${draft.base_version ?? draft.published}; version ${draft.published} is in force.`
    : `The same as version ${draft.published}, which is in force.`;
}

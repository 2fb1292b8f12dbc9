import { ActionIcon, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Copy, Download, Ellipsis, PauseCircle, Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { ask } from "../../api/client";
import { explain } from "../../api/problem";
import { useMay } from "../../app/me";
import { DeleteWorkflow } from "./DeleteWorkflow";
import { ExportWorkflow } from "./ExportWorkflow";
import { NameDialog } from "./NameDialog";
import { freeName, type WorkflowRow } from "./rows";

type Asked = "copy" | "rename" | "export" | "delete" | null;

/** What can be done with a workflow as a whole. */
export function WorkflowMenu({ row, taken, editable }: { row: WorkflowRow; taken: string[]; editable: boolean }) {
  const [asked, setAsked] = useState<Asked>(null);
  const client = useQueryClient();
  const navigate = useNavigate();
  const readable = useMay("operator");
  const address = `/api/v1/drafts/${encodeURIComponent(row.name)}`;
  const refresh = () => void client.invalidateQueries({ queryKey: ["workflows"] });
  const close = () => setAsked(null);

  const stop = async () => {
    try {
      await ask(`/api/v1/workflows/${encodeURIComponent(row.name)}/unpublish`, { method: "POST" });
      notifications.show({ title: `${row.name} is not in force any more`, message: "Nothing starts it until it is published again." });
      refresh();
    } catch (error) {
      const { sentence, fix } = explain(error);
      notifications.show({ color: "red", title: sentence, message: fix });
    }
  };

  if (!readable) return null;
  return (
    <>
      <Menu position="bottom-end" width={200}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size={30} aria-label={`Actions for ${row.name}`}>
            <Ellipsis size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {editable && (
            <>
              <Menu.Item leftSection={<Copy size={15} />} onClick={() => setAsked("copy")}>
                Duplicate
              </Menu.Item>
              <Menu.Item leftSection={<Pencil size={15} />} onClick={() => setAsked("rename")}>
                Rename
              </Menu.Item>
            </>
          )}
          <Menu.Item leftSection={<Download size={15} />} onClick={() => setAsked("export")}>
            Export
          </Menu.Item>
          {editable && (
            <>
              <Menu.Divider />
              {row.published !== null && (
                <Menu.Item leftSection={<PauseCircle size={15} />} onClick={() => void stop()}>
                  Take out of force
                </Menu.Item>
              )}
              <Menu.Item color="red" leftSection={<Trash2 size={15} />} onClick={() => setAsked("delete")}>
                Delete
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      <NameDialog
        opened={asked === "copy"}
        close={close}
        title={`Duplicate ${row.name}`}
        action="Duplicate"
        start={freeName(`${row.name}-copy`, taken)}
        keep={async (to) => {
          const made = await ask<{ name: string }>(`${address}/copy`, { json: { to } });
          refresh();
          void navigate({ to: "/workflows/$name", params: { name: made.name } });
        }}
      />
      <NameDialog
        opened={asked === "rename"}
        close={close}
        title={`Rename ${row.name}`}
        action="Rename"
        start={row.name}
        about="Its earlier versions and runs keep the old name. Webhooks that start it get a new address."
        keep={async (to) => {
          await ask(`${address}/rename`, { json: { to } });
          refresh();
          close();
        }}
      />
      <ExportWorkflow name={row.name} opened={asked === "export"} close={close} />
      <DeleteWorkflow row={row} opened={asked === "delete"} close={close} done={refresh} />
    </>
  );
}

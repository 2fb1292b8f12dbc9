import { Notifications } from "@mantine/notifications";

/** The corner in which notices are shown. */
export function NoticeBoard() {
  return <Notifications position="bottom-right" />;
}

import { notificationsStore } from "@mantine/notifications";
import { lazy, Suspense, useSyncExternalStore } from "react";

const NoticeBoard = lazy(async () => ({ default: (await import("./NoticeBoard")).NoticeBoard }));

/** Short notices in the corner. What shows them is loaded with the first one. */
export function Notices() {
  const some = useSyncExternalStore(notificationsStore.subscribe, () => {
    const { notifications, queue } = notificationsStore.getState();
    return notifications.length + queue.length > 0;
  });
  return some ? (
    <Suspense>
      <NoticeBoard />
    </Suspense>
  ) : null;
}

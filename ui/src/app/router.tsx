import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { ProblemError } from "../api/problem";
import { PageFault } from "../components/PageFault";
import { NotFound } from "../components/NotFound";
import { Shell } from "./Shell";
import { me } from "./me";
import { queryClient } from "./queries";

const root = createRootRoute({ notFoundComponent: NotFound, errorComponent: PageFault });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (search: Record<string, unknown>): { then?: string; why?: string } => {
    // Only paths of this site: the address bar must not decide where a password's owner is led.
    const { then, why } = search;
    return {
      ...(typeof then === "string" && /^\/(?![/\\])/.test(then) ? { then } : {}),
      ...(typeof why === "string" ? { why } : {}),
    };
  },
  component: lazyRouteComponent(() => import("../pages/sign-in/SignInPage"), "SignInPage"),
});

/** Everything behind the sign-in. */
const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  component: Shell,
  beforeLoad: async ({ location }) => {
    try {
      const { must_change_password } = await queryClient.ensureQueryData(me);
      // Nothing else would be answered until it is done.
      if (must_change_password && location.pathname !== "/settings/account") {
        throw redirect({ to: "/settings/account", search: {} });
      }
    } catch (error) {
      if (error instanceof ProblemError && error.status === 401) {
        throw redirect({ to: "/sign-in", search: location.href === "/" ? {} : { then: location.href } });
      }
      throw error;
    }
  },
});

/** A page that is loaded when it is first opened. */
const page = <Path extends string>(path: Path, load: () => Promise<Record<string, unknown>>, name: string) =>
  createRoute({
    getParentRoute: () => inside,
    path,
    component: lazyRouteComponent(load as () => Promise<Record<string, React.ComponentType>>, name),
    validateSearch: (search: Record<string, unknown>) => search,
  });

const pages = [
  page("/", () => import("../pages/overview/OverviewPage"), "OverviewPage"),
  page("/workflows", () => import("../pages/workflows/WorkflowsPage"), "WorkflowsPage"),
  page("/workflows/$name", () => import("../builder/BuilderPage"), "BuilderPage"),
  page("/runs", () => import("../pages/runs/RunsPage"), "RunsPage"),
  page("/runs/$id", () => import("../pages/runs/RunPage"), "RunPage"),
  page("/inbox", () => import("../pages/inbox/InboxPage"), "InboxPage"),
  page("/inbox/$person", () => import("../pages/inbox/InboxPage"), "InboxPage"),
  page("/messages", () => import("../pages/messages/MessagesPage"), "MessagesPage"),
  page("/messages/$id", () => import("../pages/messages/MessagePage"), "MessagePage"),
  page("/calls", () => import("../pages/calls/CallsPage"), "CallsPage"),
  page("/calls/$id", () => import("../pages/calls/CallPage"), "CallPage"),
  page("/contacts", () => import("../pages/contacts/ContactsPage"), "ContactsPage"),
  page("/contacts/opt-outs", () => import("../pages/contacts/OptOutsPage"), "OptOutsPage"),
  page("/contacts/$id", () => import("../pages/contacts/ContactPage"), "ContactPage"),
  page("/broadcasts", () => import("../pages/broadcasts/BroadcastsPage"), "BroadcastsPage"),
  page("/broadcasts/$id", () => import("../pages/broadcasts/BroadcastPage"), "BroadcastPage"),
  page("/links", () => import("../pages/links/LinksPage"), "LinksPage"),
  page("/senders", () => import("../pages/senders/SendersPage"), "SendersPage"),
  page("/phone", () => import("../pages/phone/PhonePage"), "PhonePage"),
  createRoute({
    getParentRoute: () => inside,
    path: "/settings",
    beforeLoad: () => {
      throw redirect({ to: "/settings/account", search: {}, replace: true });
    },
  }),
  page("/settings/account", () => import("../pages/settings/AccountPage"), "AccountPage"),
  page("/settings/credentials", () => import("../pages/settings/CredentialsPage"), "CredentialsPage"),
  page("/settings/users", () => import("../pages/settings/UsersPage"), "UsersPage"),
  page("/settings/keys", () => import("../pages/settings/KeysPage"), "KeysPage"),
  page("/settings/budgets", () => import("../pages/settings/BudgetsPage"), "BudgetsPage"),
  page("/settings/audit", () => import("../pages/settings/AuditPage"), "AuditPage"),
];

export const router = createRouter({
  routeTree: root.addChildren([signIn, inside.addChildren(pages)]),
  defaultPreload: "intent",
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

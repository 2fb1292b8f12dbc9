import { Menu, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import {
  ChartColumn,
  CircleUserRound,
  Contact,
  Inbox,
  type LucideIcon,
  Megaphone,
  Moon,
  Phone,
  PhoneCall,
  Play,
  Send,
  Settings,
  Smartphone,
  Sun,
  Workflow,
} from "lucide-react";
import { Suspense, useEffect, useRef } from "react";
import { ask } from "../api/client";
import { Loading } from "../components/Loading";
import { Mark } from "../components/Mark";
import { useOverflowing } from "../components/overflowing";
import { useLiveFeed } from "../live/feed";
import { LiveSign } from "../live/LiveSign";
import { useMay, useMe } from "./me";
import classes from "./Shell.module.css";

interface Place {
  to: string;
  label: string;
  icon: LucideIcon;
  /** Another page that is come to from there. */
  more?: string;
}

const PLACES: Place[] = [
  { to: "/", label: "Overview", icon: ChartColumn },
  { to: "/workflows", label: "Workflows", icon: Workflow },
  { to: "/runs", label: "Runs", icon: Play },
  { to: "/inbox", label: "Inbox", icon: Inbox },
  { to: "/messages", label: "Messages", icon: Send, more: "/links" },
  { to: "/calls", label: "Calls", icon: PhoneCall },
  { to: "/contacts", label: "Contacts", icon: Contact },
  { to: "/broadcasts", label: "Broadcasts", icon: Megaphone },
];
const PHONE: Place = { to: "/phone", label: "Phone", icon: Smartphone };
const SENDERS: Place = { to: "/senders", label: "Senders", icon: Phone };

/** The frame around every page: where one can go, and who is signed in. */
export function Shell() {
  return useMe().alone ? <Alone /> : <Frame />;
}

/** The page of the simulated Twilio's phones, where there is no product around them. */
function Alone() {
  return (
    <div className={classes.alone}>
      <Page />
    </div>
  );
}

function Frame() {
  const { simulator } = useMe();
  const operates = useMay("operator");
  const manages = useMay("admin");
  useLiveFeed();
  const unread = useUnread();
  const rail = useOverflowing<HTMLElement>(useRouterState({ select: (state) => state.location.pathname }));
  const places = [...PLACES, ...(simulator && operates ? [PHONE] : []), SENDERS];
  return (
    <div className={classes.frame}>
      <a className={classes.skip} href="#page">
        Skip to the page
      </a>
      <nav ref={rail} className={`${classes.rail} rl-overflowing`} aria-label="Main">
        <Link to="/" className={classes.mark} aria-label="Ringline, overview">
          <Mark />
        </Link>
        <ul className={classes.places}>
          {places.map((place) => (
            <Entry key={place.to} {...place} unread={place.to === "/inbox" ? unread : 0} />
          ))}
        </ul>
        <ul className={classes.foot}>
          <Entry to={manages ? "/settings/credentials" : "/settings/account"} label="Settings" icon={Settings} within="/settings" />
          <SchemeSwitch />
          <Account />
        </ul>
      </nav>
      <Page />
      <LiveSign />
    </div>
  );
}

/** The page itself; whoever moves by keyboard or hears the page is told that it is another one. */
function Page() {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const main = useRef<HTMLElement>(null);
  const before = useRef(path);
  useEffect(() => {
    if (before.current !== path) main.current?.focus({ preventScroll: true });
    before.current = path;
  }, [path]);
  return (
    <main id="page" ref={main} tabIndex={-1} className={classes.page}>
      <Suspense fallback={<Loading />}>
        <Outlet />
      </Suspense>
    </main>
  );
}

/** So many conversations have something that nobody has read; the server counts them up to 1,000. */
function useUnread(): number {
  const { data } = useQuery({
    queryKey: ["conversations", "list", "unread"],
    queryFn: () => ask<{ unread: number }>("/api/v1/conversations?limit=1"),
  });
  return data?.unread ?? 0;
}

interface EntryProps extends Place {
  within?: string;
  unread?: number;
}

function Entry({ to, label, icon: Icon, more, within, unread = 0 }: EntryProps) {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const root = within ?? to;
  const here = root === "/" ? path === "/" : path === root || path === more || path.startsWith(`${root}/`);
  return (
    <li>
      <Link
        to={to}
        className={classes.entry}
        aria-current={here ? "page" : undefined}
      >
        <Icon size={19} strokeWidth={1.8} aria-hidden />
        {unread > 0 && (
          <span className={classes.count} aria-hidden>
            {unread > 99 ? "99+" : unread}
          </span>
        )}
        <span className={classes.label}>{label}</span>
        {unread > 0 && <span className="rl-only-heard">, {unread >= 1000 ? "1,000 or more" : unread} unread</span>}
      </Link>
    </li>
  );
}

function SchemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light");
  const other = scheme === "dark" ? "light" : "dark";
  return (
    <li>
      <button
        type="button"
        className={classes.entry}
        onClick={() => setColorScheme(other)}
        aria-label={`Use the ${other} theme`}
      >
        {scheme === "dark" ? <Sun size={19} strokeWidth={1.8} /> : <Moon size={19} strokeWidth={1.8} />}
        <span className={classes.label}>{other === "dark" ? "Dark" : "Light"}</span>
      </button>
    </li>
  );
}

function Account() {
  const { name, role } = useMe();
  const leave = async () => {
    await ask("/api/v1/me/sign-out", { method: "POST" });
    window.location.assign("/sign-in");
  };
  return (
    <li>
      <Menu position="right-end" width={220} withArrow>
        <Menu.Target>
          <button type="button" className={classes.entry} aria-label={`${name}, ${role}: your account`}>
            <CircleUserRound size={19} strokeWidth={1.8} aria-hidden />
            <span className={classes.label}>{name}</span>
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>
            {name} ({role})
          </Menu.Label>
          <Menu.Item component={Link} to="/settings/account">
            Your account
          </Menu.Item>
          <Menu.Item onClick={leave}>Sign out</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </li>
  );
}

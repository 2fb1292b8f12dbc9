import { Link, useRouterState } from "@tanstack/react-router";
import { ChartPie, CircleUserRound, History, KeyRound, type LucideIcon, PlugZap, Users } from "lucide-react";
import type { ReactNode } from "react";
import { type Role, useMay } from "../../app/me";
import { EmptyState } from "../../components/EmptyState";
import { useOverflowing } from "../../components/overflowing";
import { PageHeader } from "../../components/PageHeader";
import { Card } from "./Card";
import classes from "./SettingsFrame.module.css";

interface Place {
  to: string;
  label: string;
  icon: LucideIcon;
  least: Role;
}

const PLACES: Place[] = [
  { to: "/settings/account", label: "Your account", icon: CircleUserRound, least: "viewer" },
  { to: "/settings/credentials", label: "Credentials", icon: PlugZap, least: "operator" },
  { to: "/settings/budgets", label: "Budgets", icon: ChartPie, least: "viewer" },
  { to: "/settings/users", label: "Users", icon: Users, least: "admin" },
  { to: "/settings/keys", label: "API keys", icon: KeyRound, least: "admin" },
  { to: "/settings/audit", label: "Audit log", icon: History, least: "admin" },
];

/** A page of the settings: its header, the way to the others, and what it holds. */
export function SettingsFrame({
  title,
  about,
  actions,
  children,
}: {
  title: string;
  about?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  const path = useRouterState({ select: (state) => state.location.pathname });
  const places = useOverflowing<HTMLUListElement>(path);
  const least = PLACES.find(({ to }) => to === path)?.least ?? "viewer";
  const may = useMay(least);
  return (
    <>
      <PageHeader title={title} about={about}>
        {may && actions}
      </PageHeader>
      <div className={classes.frame}>
        <nav aria-label="Settings">
          <ul ref={places} className={`${classes.places} rl-overflowing`}>
            {PLACES.map((place) => (
              <Entry key={place.to} {...place} />
            ))}
          </ul>
        </nav>
        <div className={classes.content}>
          {may ? (
            children
          ) : (
            <Card flush>
              <EmptyState title={`This page is for ${least === "admin" ? "admins" : `${least}s and admins`}`}>
                An admin can give you another role under Settings, Users.
              </EmptyState>
            </Card>
          )}
        </div>
      </div>
    </>
  );
}

function Entry({ to, label, icon: Icon, least }: Place) {
  const may = useMay(least);
  const here = useRouterState({ select: (state) => state.location.pathname === to });
  if (!may) return null;
  return (
    <li>
      <Link to={to} className={classes.entry} aria-current={here ? "page" : undefined}>
        <Icon size={16} strokeWidth={1.9} aria-hidden />
        {label}
      </Link>
    </li>
  );
}

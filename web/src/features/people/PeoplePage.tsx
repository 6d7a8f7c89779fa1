import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type FriendState, useFriends } from "@/api/friends/get-friends";
import { useMe } from "@/api/me/get-me";
import { useT } from "@/lib/i18n";
import { buttonClass } from "@/ui/Button";
import { Page } from "@/ui/Page";
import { PersonSearch } from "@/ui/PersonSearch";
import { Tabs } from "@/ui/Tabs";
import { Ties } from "./Ties";

const tabs: readonly FriendState[] = ["accepted", "pending", "muted", "blocked"];

/** Friends, asks, and who is found by a name. */
export function PeoplePage() {
  const t = useT();
  const navigate = useNavigate();
  const { data: me } = useMe();
  const search = useSearch({ strict: false }) as { tab?: string };
  const tab = tabs.find((name) => name === search.tab) ?? "accepted";
  const asks = useFriends("pending").data?.pages.flatMap((page) => page.items) ?? [];
  const open = asks.filter((ask) => !ask.asked_by_me).length;
  return (
    <Page title={t("people.title")}>
      <PersonSearch
        label={t("people.find")}
        self={me?.id}
        groups={[]}
        empty={null}
        onPick={({ handle }) => void navigate({ to: "/people/$handle", params: { handle } })}
      />
      <div className="mt-4">
        <Tabs
          label={t("people.title")}
          tabs={tabs.map((name) => ({
            label: t(`people.tab.${name}` as const),
            search: name === "accepted" ? {} : { tab: name },
            isActive: name === tab,
            ...(name === "pending" ? { count: open } : {}),
          }))}
        />
      </div>
      <div className="mt-3">
        <Ties key={tab} state={tab}>
          {tab === "accepted" && (
            <Link to="/qr" className={buttonClass("secondary")}>
              {t("nav.qr")}
            </Link>
          )}
        </Ties>
      </div>
    </Page>
  );
}

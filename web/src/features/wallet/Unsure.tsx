import { Link } from "@tanstack/react-router";
import type { Source } from "@/api/sources/get-sources";
import type { Wanted } from "@/api/transfers/quote-transfer";
import { useT } from "@/lib/i18n";
import { moneyWords } from "@/lib/money";
import { Button, buttonClass } from "@/ui/Button";
import { Card } from "@/ui/Card";
import { Spinner } from "@/ui/Spinner";

interface Props {
  wanted: Wanted;
  source: Source | undefined;
  isTrying: boolean;
  onTry: () => void;
}

/** No answer has come. The same is asked again under the same key: it happens once at most. */
export function Unsure({ wanted, source, isTrying, onTry }: Props) {
  const t = useT();
  return (
    <Card className="flex flex-col items-center gap-2 px-6 py-10 text-center">
      {isTrying && <Spinner size={32} />}
      <div role="status">
        <p className="text-lg font-semibold">
          {t(isTrying ? "wallet.unsure.checking" : "wallet.unsure.title")}
        </p>
        <p className="mt-1 text-sm text-muted">
          {t(`wallet.unsure.${wanted.kind}`, {
            amount: moneyWords(wanted.minor),
            bank: source?.label ?? t("wallet.someBank"),
          })}
        </p>
        <p className="mt-3 text-sm text-muted">{t("wallet.unsure.once")}</p>
      </div>
      {!isTrying && (
        <div className="mt-4 flex flex-wrap justify-center gap-2">
          <Button onClick={onTry}>{t("wallet.unsure.try")}</Button>
          <Link to="/wallet" className={buttonClass("quiet")}>
            {t("wallet.unsure.see")}
          </Link>
        </div>
      )}
    </Card>
  );
}

import type { ReactNode } from "react";
import { useT } from "@/lib/i18n";
import { Button } from "./Button";
import { ErrorPanel } from "./ErrorPanel";
import { Sheet } from "./Sheet";

interface Props {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  text: string;
  /** What the button says that does it: a verb. */
  act: string;
  look?: "primary" | "danger";
  /** What the other button says, where "Cancel" could be taken for the act. */
  keep?: string;
  testId?: string;
  isBusy: boolean;
  error: unknown;
  onDo: () => void;
  children?: ReactNode;
}

/** Asks once more, before what is not easily taken back. */
export function ConfirmSheet(props: Props) {
  const t = useT();
  return (
    <Sheet isOpen={props.isOpen} onClose={props.onClose} title={props.title} text={props.text}>
      {props.children}
      {Boolean(props.error) && <ErrorPanel error={props.error} />}
      <div className="mt-4 flex flex-col gap-2">
        <Button
          look={props.look ?? "danger"}
          isBusy={props.isBusy}
          onClick={props.onDo}
          data-testid={props.testId}
        >
          {props.act}
        </Button>
        <Button look="secondary" onClick={props.onClose}>
          {props.keep ?? t("ui.cancel")}
        </Button>
      </div>
    </Sheet>
  );
}

import { Eye, EyeOff } from "lucide-react";
import { type ComponentProps, useState } from "react";
import { useT } from "@/lib/i18n";
import { TextField } from "./Field";
import { IconButton } from "./IconButton";

type Props = Omit<ComponentProps<typeof TextField>, "type" | "end"> & {
  autoComplete: "current-password" | "new-password";
};

/** A password, which its owner may look at; paste and password managers work. */
export function PasswordField(props: Props) {
  const t = useT();
  const [isShown, setShown] = useState(false);
  const Icon = isShown ? EyeOff : Eye;
  return (
    <TextField
      {...props}
      type={isShown ? "text" : "password"}
      autoCapitalize="none"
      spellCheck={false}
      end={
        <IconButton
          label={t(isShown ? "ui.hidePassword" : "ui.showPassword")}
          aria-pressed={isShown}
          onClick={() => setShown(!isShown)}
        >
          <Icon size={20} aria-hidden="true" />
        </IconButton>
      }
    />
  );
}

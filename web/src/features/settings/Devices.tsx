import { useForgetDevice } from "@/api/devices/forget-device";
import { type Device, useDevices } from "@/api/devices/get-devices";
import { useT } from "@/lib/i18n";
import { fullTime } from "@/lib/time";
import { Button } from "@/ui/Button";
import { ErrorPanel } from "@/ui/ErrorPanel";
import { Section } from "./Section";

function Row({ device }: { device: Device }) {
  const t = useT();
  const forgetting = useForgetDevice();
  const name = device.label || t(`settings.devices.${device.kind}` as const);
  return (
    <li className="px-4 py-2">
      <div className="flex min-h-11 items-center gap-4">
        <p className="min-w-0 flex-1">
          <bdi className="block truncate font-semibold">{name}</bdi>
          <span className="block text-sm text-muted">
            {t("settings.devices.since", { time: fullTime(device.created_at) })}
          </span>
        </p>
        <Button
          look="secondary"
          isBusy={forgetting.isPending}
          aria-label={t("settings.devices.removeName", { name })}
          onClick={() => forgetting.mutate(device.id)}
        >
          {t("settings.remove")}
        </Button>
      </div>
      {forgetting.error && <ErrorPanel error={forgetting.error} />}
    </li>
  );
}

/** The devices that are pushed to; nothing where there are none. */
export function Devices() {
  const t = useT();
  const { data } = useDevices();
  if (data === undefined || data.length === 0) return null;
  return (
    <Section title={t("settings.devices")}>
      <ul className="divide-y divide-line">
        {data.map((device) => (
          <Row key={device.id} device={device} />
        ))}
      </ul>
    </Section>
  );
}

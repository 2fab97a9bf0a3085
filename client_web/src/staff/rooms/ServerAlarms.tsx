import { useEffect } from "preact/hooks";
import { Banner } from "../../base/Banner";
import { readAlarms } from "../api";
import { useLoad } from "../Loading";
import { coded } from "../texts";
import { readable } from "../window/size";

const REFRESH_MS = 5_000;

/** What the invigilator must pass on to the technician. While the server is away, the last it said stays. */
export function ServerAlarms() {
  const { value, again } = useLoad(readAlarms, []);
  useEffect(() => {
    const timer = setInterval(again, REFRESH_MS);
    return () => clearInterval(timer);
  }, [again]);
  return (
    <>
      {value?.alarms.map((alarm) => (
        <Banner
          key={`${alarm.code} ${alarm.params.host}`}
          tone={alarm.level === "danger" ? "danger" : "waiting"}
          live={alarm.level === "danger" ? "assertive" : "polite"}
        >
          {/* Said when it appears, and not again as the figures in it change. */}
          <p class="strong" aria-live="off">
            {coded("alarm", alarm.code, readable(alarm.params))}
          </p>
        </Banner>
      ))}
    </>
  );
}

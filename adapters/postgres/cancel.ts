/** A cancel that comes before the server has taken the statement up is lost, so it is sent again after this long. */
const pauseMs = 250;

/** Cancels again and again until stopped; the returned function settles once no cancel is on its way. */
export function repeatCancel(cancel: () => Promise<void>): () => Promise<void> {
  let stopped = false;
  let wake: () => void = () => undefined;
  const loop = async (): Promise<void> => {
    while (!stopped) {
      await cancel();
      if (stopped) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pauseMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const running = loop();
  return () => {
    stopped = true;
    wake();
    return running;
  };
}

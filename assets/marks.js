/* The way to a mark: a link with data-mark takes along the time of the cursor, the zone and the address to come back to. */
(() => {
  "use strict";
  const cursor = () => {
    const replay = window.dip?.current;
    return replay?.root?.isConnected ? replay.state.at : null;
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-mark]");
    if (!link) return;
    const address = new URL(link.getAttribute("href"), location.href);
    const at = cursor(), zone = new URLSearchParams(location.search).get("tz");
    if (link.dataset.mark === "new" && at) address.searchParams.set("at", String(Math.round(at)));
    if (zone) address.searchParams.set("tz", zone);
    address.searchParams.set("back", (location.pathname + location.search).slice(0, 200));
    link.href = address.pathname + address.search;
  }, true);
})();

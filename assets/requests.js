/* Of a request that no answer came to Dash tells nobody, and a button that it disabled while the request ran stays so.
   Here such buttons come back, and a click that nothing came of is told. */
(() => {
  "use strict";
  const LOST = "The dashboard does not answer, so it is not known whether that was done. Look before you try it again.";
  const send = window.fetch;
  const isDash = (asked) => String(asked?.url ?? asked).includes("/_dash-update-component");
  const wasPressed = (sent) => {
    try {
      return JSON.parse(sent).changedPropIds.some((name) => /\.(n_clicks|n_submit)$|^undo-change\./.test(name));
    } catch { return false; }
  };
  const enable = () => document.querySelectorAll("#_pages_content button[id]:disabled")
    .forEach(({ id }) => window.dash_clientside.set_props(id, { disabled: false }));

  window.fetch = (asked, given) => {
    const answer = send(asked, given);
    if (isDash(asked)) {
      answer.catch(() => {
        enable();
        if (wasPressed(given?.body)) window.diptych.toast(LOST, "error");
      });
    }
    return answer;
  };
})();

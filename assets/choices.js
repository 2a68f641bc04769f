/* What lists share that are drawn in the browser: what was chosen stands in the address, and controls that choose. */
(() => {
  "use strict";
  const D = (window.dip = window.dip || {});
  const LONGEST = 200;
  const el = (...given) => D.dom.el(...given);

  /** The choices of these names in the address, "" where there is none. */
  const read = (names) => {
    const query = new URLSearchParams(location.search);
    return Object.fromEntries(names.map((name) => [name, (query.get(name) || "").slice(0, LONGEST)]));
  };
  /** The address of this page with these choices. */
  const address = (chosen) => {
    const query = new URLSearchParams(location.search);
    Object.entries(chosen).forEach(([name, value]) => (value ? query.set(name, value) : query.delete(name)));
    return location.pathname + (query.size ? `?${query}` : "");
  };
  /** A list of options; a choice that is none of them is dropped. */
  const picker = (chosen, choose, name, label, options) => {
    const select = el("select.field", { "aria-label": label, on: { change: () => choose({ [name]: select.value }) } },
      options.map(([value, words]) => el("option", { value }, words)));
    select.value = chosen[name];
    if (select.selectedIndex < 0) { select.value = ""; chosen[name] = ""; }
    return select;
  };
  /** A few options side by side. */
  const segments = (chosen, choose, name, label, options) => el("div.segmented.segments", { role: "group", "aria-label": label },
    options.map(([value, words]) => el("button.segment", {
      type: "button", "aria-pressed": String(chosen[name] === value), on: { click: () => choose({ [name]: value }, true) },
    }, words)));
  /** The field whose words every shown row holds. */
  const search = (chosen, choose, name, label, placeholder) => {
    const field = el("input.field", {
      type: "search", "aria-label": label, placeholder, value: chosen[name], maxlength: String(LONGEST),
      on: { input: () => choose({ [name]: field.value }) },
    });
    return field;
  };

  D.choices = { read, address, picker, segments, search };
})();

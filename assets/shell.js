/* The frame of all pages: links without reload, keys, dialogs, refresh, toasts. Elements say what they do by
   data-act, data-key, data-go and data-form; one listener on the document serves all of them, on every page. */
(() => {
  "use strict";
  const root = document.documentElement;
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const typing = (target) => target?.closest?.("input, textarea, select, [contenteditable]");
  const keep = (name, value) => { try { localStorage.setItem(name, value); } catch { /* nothing is kept then */ } };
  const kept = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
  const closePopovers = (except) => all("details.popover[open], details.how[open]").forEach((open) => {
    if (open !== except) open.open = false;
  });

  /* Links and history ---------------------------------------------------------------------------------------- */
  const navigate = (address) => {
    const before = location.pathname;
    history.pushState({}, "", address);
    dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
    closePopovers();
    root.dataset.menu = "closed";
    if (location.pathname !== before) {
      scrollTo(0, 0);
      one("#main").focus({ preventScroll: true });
    }
  };
  const ownLink = (event) => {
    const link = event.target.closest("a[href]");
    const modified = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0;
    if (!link || modified || event.defaultPrevented || link.target || link.hasAttribute("download")) return null;
    const address = new URL(link.href, location.href);
    return address.origin === location.origin && link.getAttribute("href")[0] !== "#" ? address : null;
  };
  const withQuery = (changes) => {
    const query = new URLSearchParams(location.search);
    Object.entries(changes).forEach(([name, value]) => query.set(name, value));
    return `${location.pathname}?${query}`;
  };

  /* Toasts: text only, whatever it holds --------------------------------------------------------------------- */
  const undoButton = (change) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "toast-undo", textContent: "Undo" });
    Object.assign(button.dataset, { act: "undo", change, signed: "true" });
    return button;
  };
  const toast = (words, kind = "said", change = null) => {
    const shown = document.createElement("p");
    shown.className = `toast toast-${kind}`;
    shown.textContent = words;
    one("#toasts").append(shown);
    if (change) shown.append(undoButton(change));
    const away = document.createElement("button");
    away.type = "button";
    away.textContent = "×";
    away.setAttribute("aria-label", "Dismiss");
    away.addEventListener("click", () => shown.remove());
    shown.append(away);
    if (kind !== "error") setTimeout(() => shown.remove(), change ? 12000 : 4000);
  };

  /* Search --------------------------------------------------------------------------------------------------- */
  let asked = 0;
  let due = 0;
  const TYPED_MS = 120;
  const KEPT = ["from", "to", "tz"];
  /* What is found keeps the range of this page, but for a thing that has a time of its own. */
  const ranged = (href) => {
    const [path, query] = href.split("?");
    const all = new URLSearchParams(query);
    const own = all.has("from");
    for (const [name, value] of new URLSearchParams(location.search)) {
      if (KEPT.includes(name) && !all.has(name) && !(own && name !== "tz")) all.set(name, value);
    }
    return all.size ? `${path}?${all}` : path;
  };
  const searchField = () => {
    const field = document.createElement("input");
    Object.assign(field, { id: "search-field", type: "text", className: "field", maxLength: 100, autocomplete: "off", spellcheck: false,
      placeholder: "Service, model, feature, metric, log line, incident or page" });
    one("#search-box").replaceChildren(field);
  };
  const hit = (found) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = found.kind === "view" ? found.href : ranged(found.href);
    [["hit-kind", found.kind], ["hit-label", found.label], ["hit-detail", found.detail]].forEach(([name, text]) => {
      const part = document.createElement("span");
      part.className = name;
      part.textContent = text;
      part.title = text.length > 40 ? text : "";
      part.dir = "auto";
      link.append(part);
    });
    item.append(link);
    return item;
  };
  const search = async (words) => {
    const turn = ++asked;
    const answer = await fetch(`/find?q=${encodeURIComponent(words)}`).catch(() => null);
    if (turn !== asked) return;
    const hits = answer && answer.ok ? await answer.json() : [];
    const none = document.createElement("li");
    none.textContent = answer && answer.ok ? "Nothing matches." : "The dashboard does not answer. Is it running?";
    one("#search-hits").replaceChildren(...(hits.length ? hits.map(hit) : [none]));
  };

  /* Refresh -------------------------------------------------------------------------------------------------- */
  const PACES = { off: 0, "10 s": 10_000, "1 min": 60_000 };
  const pace = () => (kept("diptych-live") in PACES ? kept("diptych-live") : "off");
  let ticking = 0;
  let pressed = false;
  let restore = null;
  const setPace = () => {
    clearInterval(ticking);
    one("#live-name").textContent = pace();
    if (PACES[pace()]) ticking = setInterval(refresh, PACES[pace()]);
  };
  /* A page that is in the middle of something sets data-hold on <html>; so does nobody have to wait for a reload. */
  const busy = () => document.hidden || pressed || root.dataset.hold || one("dialog[open], details.popover[open]")
    || typing(document.activeElement) || !getSelection().isCollapsed;
  let silent = false;
  const answers = async () => {
    const answer = await fetch("/healthz").catch(() => null);
    if (!answer?.ok && !silent) toast("The dashboard does not answer. What stands here is not refreshed.", "error");
    silent = !answer?.ok;
    return !silent;
  };
  const refresh = async () => {
    if (busy() || !(await answers())) return;
    const main = one("#main");
    const content = one("#_pages_content");
    const before = content.firstElementChild;
    const open = all("details", main).map((each) => each.open);
    const focused = all("*", main).indexOf(document.activeElement);
    const place = scrollY;
    restore?.disconnect();
    restore = new MutationObserver(() => {
      if (content.firstElementChild === before) return;
      restore.disconnect();
      all("details", main).forEach((each, at) => { each.open = open[at] ?? each.open; });
      all("*", main)[focused]?.focus({ preventScroll: true });
      scrollTo(0, place);
    });
    restore.observe(content, { childList: true });
    window.dash_clientside.set_props("live-tick", { data: Date.now() });
  };
  document.addEventListener("pointerdown", () => { pressed = true; });
  document.addEventListener("pointerup", () => { pressed = false; });
  document.addEventListener("pointercancel", () => { pressed = false; });

  /* What stands in the open form, by the ids that its data-fields names: a page that is built anew puts it back. */
  const typed = () => Object.fromEntries((one("[data-fields]")?.dataset.fields.split(" ") ?? [])
    .map((id) => [id, window.dash_component_api.getLayout(id)?.props.value]));

  /* What elements do ----------------------------------------------------------------------------------------- */
  const acts = {
    help: () => one("#help-dialog").showModal(),
    search: () => { one("#search-dialog").showModal(); one("#search-field").select(); search(one("#search-field").value); },
    close: (button) => button.closest("dialog").close(),
    theme: () => { one("#theme-name").textContent = window.diptychTheme.next(); },
    live: () => {
      const names = Object.keys(PACES);
      keep("diptych-live", names[(names.indexOf(pace()) + 1) % names.length]);
      setPace();
    },
    menu: (button) => {
      const open = root.dataset.menu !== "open";
      root.dataset.menu = open ? "open" : "closed";
      button.setAttribute("aria-expanded", String(open));
    },
    copy: async (button) => {
      const address = new URL(button.dataset.href, location.href).href;
      try {
        await navigator.clipboard.writeText([button.dataset.sentence, address].filter(Boolean).join("\n"));
        toast("Link copied.");
      } catch {
        toast(`This browser does not let pages copy. The link: ${address}`, "error");
      }
    },
    "copy-text": async (button) => {
      try {
        await navigator.clipboard.writeText(button.dataset.text);
        toast("Copied.");
      } catch {
        toast(`This browser does not let pages copy: ${button.dataset.text}`, "error");
      }
    },
    name: () => window.diptychName.ask(),
    undo: (button) => {
      const data = { change: Number(button.dataset.change), nonce: Date.now(), typed: typed() };
      window.dash_clientside.set_props("undo-change", { data });
      button.closest(".toast")?.remove();
    },
    "save-view": () => { one("#view-dialog").showModal(); one("#view-name").select(); },
    "browser-zone": () => navigate(withQuery({ tz: Intl.DateTimeFormat().resolvedOptions().timeZone })),
  };
  const forms = {
    range: () => navigate(withQuery({ from: one("#range-from").value, to: one("#range-to").value })),
    zone: () => navigate(withQuery({ tz: one("#zone-name").value })),
    name: () => window.diptychName.save(),
    dash: (form) => one("button.button-primary", form)?.click(),
  };

  document.addEventListener("click", (event) => {
    const actor = event.target.closest("[data-act]");
    if (actor) {
      event.preventDefault();
      acts[actor.dataset.act](actor);
      return;
    }
    if (event.target.closest(".skip")) {
      event.preventDefault();
      one("#main").focus();
      return;
    }
    if (!event.target.closest("details.popover, details.how")) closePopovers();
    const address = ownLink(event);
    if (!address) return;
    event.preventDefault();
    event.target.closest("dialog")?.close();
    navigate(address.pathname + address.search + address.hash);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-form]");
    if (!form) return;
    event.preventDefault();
    forms[form.dataset.form](form);
  });
  document.addEventListener("toggle", (event) => {
    if (event.target.matches?.("details.popover, details.how") && event.target.open) closePopovers(event.target);
  }, true);
  document.addEventListener("input", (event) => {
    if (event.target.id !== "search-field") return;
    clearTimeout(due);
    due = setTimeout(() => search(event.target.value), TYPED_MS);
  });

  /* Keys ----------------------------------------------------------------------------------------------------- */
  const named = { "/": "search", "?": "help", t: "theme" };
  let afterG = 0;
  /* Enter before the answer to the last letter is in waits for it. */
  const enter = async (links) => {
    clearTimeout(due);
    await search(one("#search-field").value);
    (one("#search-hits a") ?? links[0])?.click();
  };
  const inSearch = (event) => {
    const links = all("#search-hits a");
    const at = links.indexOf(document.activeElement);
    if (event.key === "ArrowDown") (links[at + 1] || links[0])?.focus();
    else if (event.key === "ArrowUp") (links[at - 1] || one("#search-field")).focus();
    else if (event.key === "Enter" && at < 0) enter(links);
    else return;
    event.preventDefault();
  };
  document.addEventListener("keydown", (event) => {
    const palette = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && !event.shiftKey && !event.altKey;
    if (palette && one("#search-field") && !one("dialog[open]")) { event.preventDefault(); acts.search(); }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (one("#search-dialog")?.open) { inSearch(event); return; }
    if (event.key === "Escape") { closePopovers(); root.dataset.menu = "closed"; }
    if (typing(event.target) || one("dialog[open]")) return;
    const goes = Date.now() - afterG < 1500 && one(`[data-go="${CSS.escape(event.key)}"]`);
    const clicked = goes || one(`[data-key="${CSS.escape(event.key)}"]`);
    afterG = event.key === "g" ? Date.now() : 0;
    if (clicked) clicked.click();
    else if (named[event.key]) acts[named[event.key]]();
    else return;
    event.preventDefault();
  });

  /* The frame is drawn by Dash after this script: set what depends on the browser when it is there ------------ */
  const whenDrawn = new MutationObserver(() => {
    if (!one("#live-name")) return;
    whenDrawn.disconnect();
    one("#theme-name").textContent = window.diptychTheme.choice();
    searchField();
    setPace();
  });
  whenDrawn.observe(document.body, { childList: true, subtree: true });

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    diptych: {
      toast(message) {
        if (message) toast(message.words, message.kind, message.undo);
      },
    },
  });
  window.diptych = { navigate, toast, refresh };
})();

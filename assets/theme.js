/* Loaded in the head, before the first paint: the theme is there when the page is. */
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const stored = () => { try { return localStorage.getItem("diptych-theme"); } catch { return null; } };
  const choice = () => (["light", "dark"].includes(stored()) ? stored() : "auto");
  const apply = () => {
    const theme = choice() === "auto" ? (dark.matches ? "dark" : "light") : choice();
    document.documentElement.dataset.theme = theme;
    document.documentElement.dataset.themeChoice = choice();
    document.dispatchEvent(new CustomEvent("diptych-theme", { detail: theme }));
  };
  dark.addEventListener("change", apply);
  addEventListener("storage", apply);
  window.diptychTheme = {
    choice,
    next() {
      const order = ["auto", "light", "dark"];
      const following = order[(order.indexOf(choice()) + 1) % order.length];
      try { localStorage.setItem("diptych-theme", following); } catch { /* private windows keep nothing */ }
      apply();
      return following;
    },
  };
  apply();
})();

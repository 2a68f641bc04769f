/* Filters of lists: what holds every word that is typed stays. A box with data-filters hides rows of the table in the
   element that it names; Enter writes the words into the address (data-find), and the server looks among all rows. */
(() => {
  "use strict";
  const D = (window.dip = window.dip || {});

  /** Tells of a text whether it holds every word of `typed`; capitals do not count. */
  const filter = (typed) => {
    const words = typed.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    return (text) => words.every((word) => text.toLocaleLowerCase().includes(word));
  };
  const whole = (row) => `${row.textContent} ${row.querySelector("[title]")?.title ?? ""}`;
  const boxOf = (event) => event.target.closest?.("[data-filters]");

  document.addEventListener("input", (event) => {
    const box = boxOf(event);
    if (!box) return;
    const fits = filter(event.target.value);
    document.querySelectorAll(`#${CSS.escape(box.dataset.filters)} tbody tr`).forEach((row) => { row.hidden = !fits(whole(row)); });
  });
  document.addEventListener("keydown", (event) => {
    const box = boxOf(event);
    if (!box || event.key !== "Enter") return;
    event.preventDefault();
    const query = new URLSearchParams(location.search);
    const words = event.target.value.trim();
    if (words) query.set(box.dataset.find, words); else query.delete(box.dataset.find);
    window.diptych.navigate(`${location.pathname}${query.size ? `?${query}` : ""}`);
  });

  D.filter = filter;
})();

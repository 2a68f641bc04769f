/* What another budget of false alarms would have done, from the curve that a sweep has measured: said as it is typed,
   in the form or section that holds both the field and the curve. */
(() => {
  "use strict";
  const said = (x) => (x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(0) : x >= 1 ? x.toFixed(1) : x.toFixed(2));
  const nearest = (budgets, wanted) => budgets.reduce((best, each, i) =>
    (Math.abs(Math.log(each / wanted)) < Math.abs(Math.log(budgets[best] / wanted)) ? i : best), 0);
  const words = (curve, typed) => {
    const wanted = Number(String(typed).trim().replace(",", "."));
    if (!(wanted > 0)) return "";
    const i = nearest(curve.budgets, wanted);
    const about = Math.abs(Math.log(curve.budgets[i] / wanted)) > 0.01 ? "about " : "";
    const count = `${curve.alarms[i].toLocaleString("en-GB")} alarm${curve.alarms[i] === 1 ? "" : "s"}`;
    if (!curve.enough) return `With ${wanted}: ${about}${count}.`;
    return `With ${wanted}: ${about}${said(curve.alarms[i] / curve.weeks)} per series and week, ${count} in all.`;
  };
  document.addEventListener("input", (event) => {
    const box = event.target.closest?.("form, section")?.querySelector("[data-what-if]");
    if (!box) return;
    box.querySelector(".what-if-then").textContent = words(JSON.parse(box.dataset.whatIf), event.target.value);
  });
})();

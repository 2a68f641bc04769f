/* Handing frames to plotly. A frame costs tens of milliseconds, so while time runs forward some are left out:
   then the lanes show a little less than is known. Backwards none is, for they would show what is not known yet. */
(function () {
  "use strict";
  const D = (window.dip = window.dip || {});
  const CONFIG = { staticPlot: true, displayModeBar: false, responsive: false };
  const REST = 1.5;
  const graph = () => document.querySelector("#diptych-graph .js-plotly-plot");

  /** A function of the view that draws it and gives back what is drawn; `again` is called when a frame was left out. */
  function create(figure, payload, again) {
    let drawn = "", T = null, made = null, free = 0, timer = 0;

    return function plot(view) {
      const rest = JSON.stringify([view.T === Infinity, view.range, view.width, view.geometry.rows.length]);
      const same = made !== null && rest === drawn;
      if (same && view.T === T) return made;
      const now = performance.now();
      if (same && view.T > T && now < free) {
        clearTimeout(timer);
        timer = setTimeout(again, free - now);
        return made;
      }
      made = D.figure.at(figure, payload, view);
      window.Plotly.react(graph(), made.data, made.layout, CONFIG);
      drawn = rest;
      T = view.T;
      const end = performance.now();
      free = end + REST * (end - now);
      return made;
    };
  }

  /* dcc.Graph loads plotly when it is first shown and draws its empty frame; ours comes after it. */
  function whenReady(act, tries = 600) {
    const gd = graph();
    if (gd && window.Plotly && gd._fullLayout) act();
    else if (tries > 0 && document.getElementById("incident")) setTimeout(() => whenReady(act, tries - 1), 25);
  }

  D.plot = { create, whenReady };
})();

/* The layers over the figure, from the lanes up: veil or blank future, hatch, marks, words, cursor, hinge. */
(function () {
  "use strict";
  const D = (window.dip = window.dip || {});
  const LAYERS = ["veil", "hatch", "marks", "limits", "labels", "values", "events", "badges"];
  const SILENCE_PX = 190;

  /** Put `node`'s children in place if they differ from what was last drawn; focus stays on the same lane or act. */
  function swap(box, node) {
    const made = typeof node === "string" ? node : node.outerHTML;
    if (box.dipDrawn === made) return;
    box.dipDrawn = made;
    const held = box.contains(document.activeElement) ? document.activeElement : null;
    box.replaceChildren(node);
    if (!held || !held.dataset.dip) return;
    const again = [...box.querySelectorAll("[data-dip]")].find((found) => found.dataset.dip === held.dataset.dip && found.dataset.lane === held.dataset.lane);
    if (again) again.focus({ preventScroll: true });
  }

  const all = (nodes) => D.dom.el("div", {}, nodes);

  function build(over) {
    const layers = Object.fromEntries(LAYERS.map((name) => [name, D.dom.el(`div.dip-layer.dip-on-${name}`)]));
    const spacer = D.dom.el("div.dip-spacer"), cursor = D.dom.el("div.dip-cursor"), hinge = D.hinge.frame();
    over.replaceChildren(...Object.values(layers), cursor, spacer, hinge);
    return { ...layers, cursor, spacer, hinge };
  }

  /** In hindsight a veil; as known nothing but a sentence. */
  function future(view, payload) {
    const style = { right: D.dom.px(view.width - view.right) };
    if (view.T === Infinity) return D.dom.el("div.dip-veil-cloth", { style });
    const words = !view.narrow && view.right - view.x(view.T) > SILENCE_PX ? D.lists.silence(payload, view).map((line) => D.dom.el("p", {}, line)) : [];
    const top = view.geometry.rows[0].top + view.geometry.rows[0].height;
    const height = view.geometry.hingeTop - top;
    return D.dom.el("div.dip-blank", { style }, height > 60 ? D.dom.el("div.dip-silence", { style: { top: D.dom.px(top), height: D.dom.px(height) } }, words) : []);
  }

  /** The words of a threshold, at its line. */
  function limits(view, payload, layout, data) {
    if (view.narrow) return [];
    return payload.lanes.filter((lane) => lane.limitText).map((lane) => {
      const row = view.geometry.rows.find((found) => found.key === lane.key);
      const trace = data.find((found) => found.meta.lane === lane.key && found.meta.part === "limit");
      if (!row || !trace) return null;
      const [low, high] = layout[`yaxis${trace.yaxis.slice(1)}`].range;
      const y = row.top + row.height * (1 - (lane.limit - low) / (high - low));
      return D.dom.el("span.dip-limit", { style: { left: D.dom.px(view.left + 6), top: D.dom.px(y) } }, lane.limitText);
    });
  }

  /** Everything that changes with the frame: clock, range, width, lanes. */
  function draw(layers, view, payload, figure, state) {
    const marks = D.marks.placed(view, payload);
    const threads = D.marks.segments(view, payload, marks);
    const ring = D.marks.ring(view, payload, marks, threads);
    swap(layers.veil, future(view, payload));
    swap(layers.hatch, all(D.hatch.draw(view, payload, figure)));
    swap(layers.marks, D.marks.draw(view, payload, marks, threads));
    swap(layers.limits, all(limits(view, payload, figure.layout, figure.data)));
    swap(layers.labels, all([...D.gutter.labels(view, payload), ...D.gutter.bare(view, payload)]));
    swap(layers.events, all(D.events.draw(view, payload)));
    swap(layers.badges, all(D.marks.badges(view, marks, state.badge)));
    if (layers.values.dipGeometry !== view.geometry) {
      layers.values.dipGeometry = view.geometry;
      layers.values.replaceChildren(...D.gutter.cells(view));
    }
    layers.spacer.style.height = D.dom.px(view.geometry.hingeTop);
    layers.hinge.style.height = D.dom.px(view.geometry.hinge);
    swap(layers.hinge.querySelector(".dip-hinge-marks"), D.hinge.draw(view, ring, threads));
    swap(layers.hinge.querySelector(".dip-hinge-controls"), view.narrow ? D.dom.el("span") : D.hinge.controls(state.playing));
  }

  /** Everything that follows the cursor alone. */
  function follow(root, layers, view, payload, at) {
    const stage = root.querySelector(".dip-stage").style;
    stage.setProperty("--cursor", D.dom.px(view.x(at)));
    stage.setProperty("--after", D.dom.px(Math.min(Math.max(view.x(at), view.left), view.right)));
    layers.cursor.hidden = !view.inside(at);
    D.hinge.follow(layers.hinge, view, at);
    D.gutter.follow(layers.values, view, payload, at);
  }

  D.over = { build, draw, follow, swap };
})();

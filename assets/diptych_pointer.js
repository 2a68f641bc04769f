/* The pointer over the figure: it carries the cursor along, a click freezes it, a drag zooms, a double click zooms out.
   Leaving the lanes brings the cursor back to where it was set. On a touch screen a tap sets the time. */
(function () {
  "use strict";
  const D = (window.dip = window.dip || {});
  const DRAG = 6;

  function listen(over, ctrl, signal) {
    let from = null, box = null;
    const x = (event) => event.clientX - over.getBoundingClientRect().left;
    const timeAt = (event) => ctrl.view.time(x(event));
    const inLanes = (event) => x(event) >= ctrl.view.left && x(event) <= ctrl.view.right;
    const onControl = (event) => event.target.closest("button, a, summary, input");

    function hover(event) {
      if (!inLanes(event) || onControl(event)) return ctrl.settle();
      if (!ctrl.state.frozen && !ctrl.state.playing) ctrl.point(timeAt(event));
    }

    function select(event) {
      const ends = [from, Math.min(Math.max(x(event), ctrl.view.left), ctrl.view.right)].sort((a, b) => a - b);
      if (!box && ends[1] - ends[0] > DRAG) over.append((box = D.dom.el("div.dip-selection")));
      if (!box) return;
      box.style.left = D.dom.px(ends[0]);
      box.style.width = D.dom.px(ends[1] - ends[0]);
    }

    function down(event) {
      if (event.button !== 0 || onControl(event) || !inLanes(event)) return;
      from = x(event);
      if (ctrl.state.playing) { ctrl.replay.pause(); ctrl.release(); }
      if (event.pointerType === "touch") ctrl.set(timeAt(event));
      over.setPointerCapture(event.pointerId);
    }

    function move(event) {
      if (event.pointerType === "touch") { if (from !== null && inLanes(event)) ctrl.set(timeAt(event)); return; }
      if (from === null) hover(event); else select(event);
    }

    function up(event) {
      if (from === null) return;
      const ends = [from, x(event)].sort((a, b) => a - b);
      const dragged = box !== null;
      cancel();
      if (event.pointerType === "touch") return;
      if (dragged) ctrl.zoom(ends.map((edge) => ctrl.view.time(Math.min(Math.max(edge, ctrl.view.left), ctrl.view.right))));
      else if (ctrl.state.frozen) ctrl.release();
      else ctrl.set(timeAt(event));
    }

    function cancel() {
      if (box) box.remove();
      from = box = null;
    }

    const acts = { pointermove: move, pointerdown: down, pointerup: up, pointercancel: cancel, pointerleave: () => from === null && ctrl.settle() };
    for (const [name, act] of Object.entries(acts)) over.addEventListener(name, act, { signal });
    over.addEventListener("dblclick", (event) => onControl(event) || ctrl.zoomOut(), { signal });
  }

  D.pointer = { listen };
})();

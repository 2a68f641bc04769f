/* Sources: sending a file that is dropped or chosen, and the choices of its dry run. A file is streamed as
   it is; the address then names it, and the page shows what it would become. */
(() => {
  "use strict";
  const say = (words) => window.diptych.toast(words, "error");
  const here = (changes) => {
    const query = new URLSearchParams(location.search);
    Object.entries(changes).forEach(([name, value]) => (value ? query.set(name, value) : query.delete(name)));
    const text = query.toString();
    return text ? `${location.pathname}?${text}` : location.pathname;
  };

  /* Sending ---------------------------------------------------------------------------------------------------- */
  const tooLarge = (file, area) => {
    const most = Number(area.dataset.mostKb);
    if (file.size <= most * 1024) return false;
    say(`${file.name} is larger than DIPTYCH_MAX_REQUEST_KB allows (${most} kB). Take it in with: diptych ingest FILE`);
    return true;
  };
  let sending = null;
  const send = (file, area) => {
    if (!file || sending || tooLarge(file, area)) return;
    const bar = area.querySelector("progress");
    const request = new XMLHttpRequest();
    const done = () => { sending = null; bar.hidden = true; area.removeAttribute("aria-busy"); };
    sending = request;
    bar.hidden = false;
    bar.value = 0;
    area.setAttribute("aria-busy", "true");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = event.loaded / event.total;
    });
    request.addEventListener("load", () => {
      done();
      if (request.status !== 200) { say(request.responseText || "The file was not taken."); return; }
      const { id } = JSON.parse(request.responseText);
      window.diptych.navigate(here({ upload: id, as: "", service: "", "zone-of-times": "", forget: "" }));
      scrollTo(0, 0);
    });
    request.addEventListener("error", () => { done(); say("The file could not be sent. Is the dashboard running?"); });
    request.open("POST", area.dataset.drop);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
    request.send(file);
  };
  const over = (event) => event.target.closest?.("[data-drop]");
  const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
  const mark = (area) => document.querySelectorAll("[data-drop]").forEach((each) => {
    each.classList.toggle("drop-over", each === area);
  });
  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event) || !document.querySelector("[data-drop]")) return;
    event.preventDefault();
    mark(over(event));
  });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) mark(null); });
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event) || !document.querySelector("[data-drop]")) return;
    event.preventDefault(); /* a file dropped beside the area must not replace the page */
    mark(null);
    const area = over(event);
    if (!area) return;
    if (event.dataTransfer.files.length > 1) say("One file at a time. `diptych ingest DIR` takes a folder.");
    else send(event.dataTransfer.files[0], area);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest('[data-upload="choose"]');
    if (!button) return;
    const picker = document.createElement("input");
    picker.type = "file";
    picker.addEventListener("change", () => send(picker.files[0], button.closest("[data-drop]")));
    picker.click();
  });

  /* Choices of the dry run --------------------------------------------------------------------------------------- */
  document.addEventListener("submit", (event) => {
    const form = event.target.closest('[data-upload="reading"]');
    if (!form) return;
    event.preventDefault();
    const value = (id) => form.querySelector(id)?.value.trim() ?? "";
    window.diptych.navigate(here({ service: value("#upload-service"), "zone-of-times": value("#upload-zone") }));
  });
})();

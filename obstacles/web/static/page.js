/* The page works without this. With it: files can be dropped, a view changes when it is chosen, long work is watched,
   and a program that has stopped is noticed. Nothing is kept here and nothing is asked for but the same pages. */
(() => {
  "use strict";
  const main = () => document.querySelector("main");

  const stopped = () => {
    if (document.querySelector(".bar-of-program")) return;
    const bar = document.createElement("p");
    bar.className = "bar-of-program";
    bar.setAttribute("role", "alert");
    bar.textContent = document.body.dataset.stopped;
    document.body.prepend(bar);
  };

  const swap = (text, address) => {
    const page = new DOMParser().parseFromString(text, "text/html");
    const parts = document.querySelectorAll("[data-part]");
    const focused = document.activeElement && document.activeElement.id;
    for (const part of parts) {
      const other = page.querySelector(`[data-part="${part.dataset.part}"]`);
      if (other) part.replaceWith(document.adoptNode(other));
    }
    document.title = page.title;
    if (address) history.pushState(null, "", address);
    if (focused && !document.getElementById(focused)) {
      const head = document.querySelector("main h2");
      if (head) { head.tabIndex = -1; head.focus(); }
    } else if (focused) document.getElementById(focused).focus({ preventScroll: true });
  };

  let asked = 0;
  const go = async (address, push) => {
    const mine = ++asked;
    try {
      const answer = await fetch(address, { headers: { accept: "text/html" }, redirect: "follow" });
      const text = await answer.text();
      if (mine !== asked) return;
      if (!answer.ok && answer.status !== 422) { location.href = address; return; }
      swap(text, push ? address : null);
    } catch { stopped(); }
  };

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-live]");
    if (!form) return;
    const words = new URLSearchParams(new FormData(form));
    go(`${location.pathname}?${words}`, true);
  });
  addEventListener("popstate", () => go(location.href, false));

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sure && !form.dataset.asked) {
      if (!confirm(form.dataset.sure)) event.preventDefault();
    }
  });

  const watch = () => {
    const job = document.querySelector("[data-job]");
    if (!job) return;
    setTimeout(async () => {
      if (document.hidden) { watch(); return; }
      try {
        const answer = await fetch(job.dataset.job, { headers: { accept: "text/html" } });
        if (answer.redirected || !answer.ok) { location.href = answer.url; return; }
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const other = page.querySelector("[data-job]");
        if (!other) { location.reload(); return; }
        job.replaceWith(document.adoptNode(other));
        watch();
      } catch { stopped(); }
    }, 1000);
  };
  watch();

  const drop = document.querySelector(".drop");
  const pick = drop && drop.querySelector("input[type=file]");
  if (pick) {
    for (const name of ["dragover", "dragenter"]) drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("over"); });
    for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      if (!event.dataTransfer.files.length) return;
      pick.files = event.dataTransfer.files;
      send(pick.form);
    });
    pick.form.addEventListener("submit", (event) => { event.preventDefault(); send(pick.form); });
  }

  const send = (form) => {
    const bar = form.querySelector("progress");
    const said = form.querySelector("[role=status]");
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      bar.hidden = false;
      bar.max = event.total;
      bar.value = event.loaded;
      if (event.loaded === event.total) said.textContent = form.dataset.reading;
    });
    request.addEventListener("load", () => {
      if (request.status < 300) { location.href = request.responseURL; return; }
      const page = new DOMParser().parseFromString(request.responseText, "text/html");
      const other = page.querySelector("main");
      if (other) { main().replaceWith(document.adoptNode(other)); main().scrollIntoView(); }
    });
    request.addEventListener("error", stopped);
    request.send(new FormData(form));
  };
})();

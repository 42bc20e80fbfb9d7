// Tables that a reader can sort, contents that show where one is, and wide parts that a keyboard can scroll.
"use strict";
(function () {
  const said = document.getElementById("said");
  const words = said.dataset;
  const compare = new Intl.Collator(document.documentElement.lang, { numeric: true }).compare;

  function key(row, column) {
    const cell = row.cells[column];
    const text = cell.textContent.trim();
    if (cell.dataset.value !== undefined) return Number(cell.dataset.value);
    const number = /^[<>≤≥]?\s*([-−+]?\d[\d,]*(?:\.\d+)?)/.exec(text); // an interval sorts by its lower end
    if (!cell.classList.contains("number")) return text;
    return number ? Number(number[1].replace("−", "-").replaceAll(",", "")) : null;
  }

  function byKey(column, sign) {
    return function (a, b) {
      const [x, y] = [key(a, column), key(b, column)];
      if (x === null || y === null) return (x === null) - (y === null); // what is not shown stays last
      return sign * (typeof x === "number" && typeof y === "number" ? x - y : compare(x, y));
    };
  }

  function sortable(table) {
    const body = table.tBodies[0];
    const rows = [...body.rows];
    const feet = rows.filter((row) => row.classList.contains("foot"));
    const moved = rows.filter((row) => !row.classList.contains("foot"));
    const headings = [...table.tHead.rows[0].cells];
    if (moved.length < 3) return;
    headings.forEach(function (heading, column) {
      if (moved.every((row) => row.cells[column].textContent.trim() === moved[0].cells[column].textContent.trim())) return;
      const name = heading.textContent.trim();
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      heading.append(button);
      const first = heading.classList.contains("number") ? "descending" : "ascending";
      const second = first === "ascending" ? "descending" : "ascending";
      button.addEventListener("click", function () {
        const now = heading.getAttribute("aria-sort");
        const next = now === null ? first : now === first ? second : null;
        headings.forEach((other) => other.removeAttribute("aria-sort"));
        if (next) heading.setAttribute("aria-sort", next);
        const order = next ? [...moved].sort(byKey(column, next === "ascending" ? 1 : -1)) : moved;
        body.append(...order, ...feet);
        said.textContent = (words[next ?? "none"] ?? "").replace("{column}", name);
      });
    });
  }

  function scrollable(part) {
    if (part.scrollWidth > part.clientWidth + 1) part.tabIndex = 0;
    else part.removeAttribute("tabindex");
  }

  function follow(links) {
    const seen = new Set();
    const watch = new IntersectionObserver(
      function (entries) {
        for (const entry of entries) seen[entry.isIntersecting ? "add" : "delete"](entry.target.id);
        const current = links.find((link) => seen.has(link.hash.slice(1)));
        for (const link of current ? links : []) {
          if (link === current) link.setAttribute("aria-current", "true");
          else link.removeAttribute("aria-current");
        }
      },
      { rootMargin: "-5% 0px -60% 0px" },
    );
    for (const link of links) watch.observe(document.getElementById(link.hash.slice(1)));
  }

  document.querySelectorAll(".table table").forEach(sortable);
  follow([...document.querySelectorAll(".contents a")]);
  const parts = [...document.querySelectorAll(".scroll")];
  const resized = new ResizeObserver(() => parts.forEach(scrollable));
  parts.forEach((part) => resized.observe(part));
})();

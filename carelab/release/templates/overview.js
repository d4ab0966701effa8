"use strict";
(() => {
  const form = document.querySelector("form.search");
  const box = document.getElementById("words");
  const hits = document.getElementById("hits");
  if (!form || !box || !hits) return;
  const plain = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replace(/ß/g, "ss");
  const rows = [...document.querySelectorAll("#parts tbody tr")].map((row) => [row, plain(row.textContent)]);
  const blocks = [...document.querySelectorAll("#parts .block")];
  const search = () => {
    const words = plain(box.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const [row, text] of rows) {
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) shown += 1;
    }
    for (const block of blocks) block.hidden = !block.querySelector("tbody tr:not([hidden])");
    hits.textContent = hits.dataset.template.replace("{n}", shown).replace("{m}", rows.length);
  };
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  box.addEventListener("input", search);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { box.value = ""; search(); }
  });
  if (box.value) search();
})();

"use strict";
(() => {
  const button = document.getElementById("code-switch");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = document.body.classList.toggle("with-code");
    button.setAttribute("aria-pressed", String(shown));
  });
})();

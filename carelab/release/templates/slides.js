"use strict";
(() => {
  const slides = [...document.querySelectorAll(".slide")];
  const here = () => {
    const tops = slides.map((slide) => Math.abs(slide.getBoundingClientRect().top));
    return tops.indexOf(Math.min(...tops));
  };
  const go = (place) => {
    const slide = slides[Math.max(0, Math.min(slides.length - 1, place))];
    slide.scrollIntoView({ block: "start" });
    slide.focus({ preventScroll: true });
    history.replaceState(null, "", "#" + slide.id);
  };
  const steps = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1 };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("summary, a")) return;
    if (event.key in steps) go(here() + (event.shiftKey && event.key === " " ? -1 : steps[event.key]));
    else if (event.key === "Home") go(0);
    else if (event.key === "End") go(slides.length - 1);
    else if (event.key === "f") document.documentElement.requestFullscreen();
    else return;
    event.preventDefault();
  });
})();

// The queue of possible duplicates by keyboard: J and K move, S, N and L answer, X ticks, Enter compares.
const ANSWERS = { s: "same", n: "never", l: "later" };
const pairs = () => [...document.querySelectorAll(".cus-pair")];

document.addEventListener("keydown", (event) => {
  const busy = event.target.closest?.("input:not([type=checkbox]), textarea, select, dialog, details[open]");
  if (busy || event.ctrlKey || event.metaKey || event.altKey) return;
  const all = pairs();
  const here = document.activeElement?.closest?.(".cus-pair");
  const at = all.indexOf(here);
  if (event.key === "j" || event.key === "k") {
    const next = all[Math.max(0, Math.min(all.length - 1, at + (event.key === "j" ? 1 : at < 0 ? 1 : -1)))];
    next?.focus({ preventScroll: true });
    next?.scrollIntoView({ block: "center" });
  } else if (here && ANSWERS[event.key]) {
    here.querySelector(`[name=answer][value=${ANSWERS[event.key]}]`)?.click();
  } else if (here && event.key === "x") {
    here.querySelector("[name=ids]")?.click();
  } else if (here && event.key === "Enter" && event.target === here) {
    here.querySelector("[data-compare]")?.click();
  } else return;
  event.preventDefault();
});

// After an answer the page comes back: the first pair is ready for the next key.
if (document.querySelector(".gb-message, .gb-undo")) pairs()[0]?.focus({ preventScroll: true });

"use strict";
/* Choisir des dossiers : tous ceux de la page d'un coup, et dire combien. La page marche sans. */
const cases = () => [...document.querySelectorAll("[data-esp-lot] input[name=dossier]")];

function dire() {
  const lot = document.querySelector("[data-esp-lot]");
  const phrase = lot?.querySelector("[data-esp-choisis]");
  if (!phrase) return;
  const nombre = cases().filter((c) => c.checked).length;
  const tous = lot.querySelector("input[name=tous]")?.checked;
  phrase.textContent = tous || !nombre ? "" : `${nombre} choisi${nombre > 1 ? "s" : ""}`;
  const page = lot.querySelector("[data-esp-tous-ceux-ci]");
  page.hidden = false;
  page.checked = nombre > 0 && nombre === cases().length;
  page.indeterminate = nombre > 0 && nombre < cases().length;
}

document.addEventListener("change", (evenement) => {
  if (!evenement.target.closest("[data-esp-lot]")) return;
  if (evenement.target.matches("[data-esp-tous-ceux-ci]")) cases().forEach((c) => { c.checked = evenement.target.checked; });
  dire();
});
document.addEventListener("htmx:afterSwap", dire);
dire();

"use strict";
/* Le site marche sans ce fichier : il raccourcit seulement les gestes.
   Un formulaire envoyé se verrouille, pour qu'un double clic n'envoie pas deux fois. */
document.addEventListener("submit", (evenement) => {
  const formulaire = evenement.target;
  if (evenement.defaultPrevented || formulaire.matches("[data-esp-reenvoi]")) return;
  if (formulaire.dataset.espEnvoye) { evenement.preventDefault(); return; }
  formulaire.dataset.espEnvoye = "1";
  setTimeout(() => { delete formulaire.dataset.espEnvoye; }, 4000);
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("[data-esp-envoye]").forEach((f) => { delete f.dataset.espEnvoye; });
});
document.addEventListener("htmx:configRequest", (evenement) => {
  const jeton = document.querySelector("[name=csrfmiddlewaretoken]");
  if (jeton) evenement.detail.headers["X-CSRFToken"] = jeton.value;
});

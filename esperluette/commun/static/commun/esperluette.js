"use strict";
/* Le site marche sans ce fichier : il raccourcit seulement les gestes. */

/* Un formulaire envoyé se verrouille, pour qu'un double clic n'envoie pas deux fois. `submit` ne part qu'une fois la
   saisie validée par le navigateur ; un envoi repris par htmx ou par la page (`defaultPrevented`) n'est pas verrouillé.
   Si la page reste (un fichier téléchargé, un envoi interrompu), le verrou tombe de lui-même. */
const VERROU = 10000;
function liberer(formulaire) {
  delete formulaire.dataset.espEnvoye;
  formulaire.removeAttribute("aria-busy");
}
document.addEventListener("submit", (evenement) => {
  const formulaire = evenement.target;
  if (evenement.defaultPrevented || formulaire.matches("[data-esp-reenvoi]")) return;
  if (formulaire.dataset.espEnvoye) { evenement.preventDefault(); return; }
  formulaire.dataset.espEnvoye = "1";
  formulaire.setAttribute("aria-busy", "true");
  setTimeout(() => liberer(formulaire), VERROU);
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("[data-esp-envoye]").forEach(liberer);
});

/* Le jeton du cookie d'abord (il suit une reconnexion faite dans un autre onglet), celui de la page sinon. */
document.addEventListener("htmx:configRequest", (evenement) => {
  const jeton = document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1]
    ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value;
  if (jeton) evenement.detail.headers["X-CSRFToken"] = jeton;
});

/* Une zone mise à jour sans recharger : on n'annonce que sa phrase marquée, pas tout ce qu'elle contient. */
document.addEventListener("htmx:afterSwap", () => {
  const annonces = document.querySelector("[data-esp-annonces]");
  const phrase = document.querySelector("[data-esp-annoncer]")?.textContent.trim() ?? "";
  if (annonces && annonces.textContent !== phrase) annonces.textContent = phrase;
});

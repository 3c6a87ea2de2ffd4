"use strict";
/* Copier le lien, imprimer, rappeler la réponse en bas d'un petit écran tant qu'on ne la voit pas ;
   ne perdre aucun choix fait trop tôt (page encore en chargement) ou pendant que la réponse arrive.
   Sans ce fichier, le lien se suit, le navigateur imprime, et la réponse est plus bas. */
(() => {
  const vue = new IntersectionObserver(([etat]) => {
    document.querySelectorAll("[data-esp-rappel]").forEach((rappel) => { rappel.hidden = etat.isIntersecting; });
  });

  function preparer(racine) {
    const verdict = racine.querySelector(".esp-verdict");
    vue.disconnect();
    if (verdict) vue.observe(verdict);
    racine.querySelectorAll("[data-esp-copier]").forEach((lien) => { lien.textContent = "Copier le lien"; });
    racine.querySelectorAll("[data-esp-imprimer]").forEach((bouton) => { bouton.hidden = false; });
  }

  async function copier(lien) {
    const etat = document.querySelector("[data-esp-copie]");
    try {
      await navigator.clipboard.writeText(lien.href);
      etat.textContent = "Lien copié : il garde toutes vos réponses.";
    } catch {
      etat.textContent = `Copie refusée par le navigateur. Le lien : ${lien.href}`;
    }
  }

  document.addEventListener("click", (e) => {
    const lien = e.target.closest("[data-esp-copier]");
    if (lien) { e.preventDefault(); copier(lien); return; }
    if (e.target.closest("[data-esp-imprimer]")) window.print();
  });
  // Un choix fait pendant qu'une réponse arrivait : cette réponse est périmée, la suivante est déjà prévue.
  const choix = () => new URLSearchParams(new FormData(document.getElementById("saisie"))).toString();
  let envoye = "";
  document.addEventListener("htmx:configRequest", (e) => { if (e.detail.elt.id === "saisie") envoye = choix(); });
  document.addEventListener("htmx:beforeSwap", (e) => {
    if (e.detail.requestConfig.elt.id === "saisie" && choix() !== envoye) e.detail.shouldSwap = false;
  });
  // Un choix fait avant que la page soit prête (réseau lent, retour arrière) n'a prévenu personne.
  document.addEventListener("htmx:load", () => {
    const saisie = document.getElementById("saisie");
    const change = [...saisie.elements].some((champ) => (champ.tagName === "SELECT"
      ? champ.selectedIndex !== Math.max(0, [...champ.options].findIndex((option) => option.defaultSelected))
      : champ.type === "radio" && champ.checked !== champ.defaultChecked));
    if (change) saisie.dispatchEvent(new Event("change", { bubbles: true }));
  }, { once: true });
  // À l'impression, les sources se déplient : le papier n'a pas de bouton.
  let replies = [];
  window.addEventListener("beforeprint", () => {
    replies = [...document.querySelectorAll("#resultat details:not([open])")];
    replies.forEach((detail) => { detail.open = true; });
  });
  window.addEventListener("afterprint", () => { replies.forEach((detail) => { detail.open = false; }); });
  document.addEventListener("htmx:afterSwap", () => preparer(document));
  preparer(document);
})();

"use strict";
/* « Ma réponse » s'enregistre d'elle-même. Sans ce fichier, le bouton « Enregistrer mes réponses » suffit. */
(() => {
  const racine = document.querySelector("[data-esp-complements]");
  if (!racine) return;
  const PAUSE = 1000; // millisecondes sans frappe avant d'enregistrer
  const jeton = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] || racine.querySelector("[name=csrfmiddlewaretoken]")?.value || "";

  class Reponse {
    constructor(bloc) {
      this.bloc = bloc;
      this.zone = bloc.querySelector("[data-esp-ma-reponse]");
      this.version = bloc.querySelector("[data-esp-reponse-version]");
      this.etat = bloc.querySelector("[data-esp-reponse-etat]");
      this.acquis = bloc.querySelector(".fr-error-text") ? null : this.zone.value;
      this.enCours = null;
      this.zone.addEventListener("input", () => {
        clearTimeout(this.minuterie);
        this.minuterie = setTimeout(() => this.envoyer(), PAUSE);
      });
      this.zone.addEventListener("blur", () => this.envoyer());
    }
    get aEnvoyer() { return this.zone.value !== this.acquis; }

    envoyer(options = {}) {
      clearTimeout(this.minuterie);
      if (this.enCours) return this.enCours;
      if (!this.aEnvoyer) return Promise.resolve();
      this.enCours = this.poster(options).finally(() => { this.enCours = null; });
      return this.enCours;
    }

    async poster(options) {
      const texte = this.zone.value;
      let reponse;
      try {
        reponse = await fetch(this.bloc.dataset.espReponseA, {
          method: "POST", credentials: "same-origin", redirect: "manual", keepalive: Boolean(options.keepalive) && texte.length < 15000,
          body: new URLSearchParams({ reponse: texte, version: this.version.value }),
          headers: { "X-CSRFToken": jeton(), "X-Esperluette": "fragment" },
        });
      } catch { this.dire("Hors connexion : votre réponse n’est pas encore enregistrée. Gardez cette page ouverte."); this.reessayer(); return; }
      if (reponse.status >= 500 || reponse.status === 429) { this.dire("Le service ne répond pas : nouvel essai dans un instant."); this.reessayer(); return; }
      if (reponse.status === 401) { this.dire("Votre session a expiré : reconnectez-vous dans un autre onglet, puis revenez ici."); return; }
      this.bloc.classList.toggle("fr-input-group--error", reponse.status !== 200);
      const modele = document.createElement("template");
      modele.innerHTML = await reponse.text();
      const ecrite = modele.content.querySelector("[data-esp-version-ecrite]")?.dataset.espVersionEcrite;
      const enPlace = modele.content.querySelector("[data-esp-en-place]")?.dataset.espEnPlace;
      if (reponse.status === 200) { this.acquis = texte; if (ecrite) this.version.value = ecrite; }
      if (reponse.status === 409 && enPlace) { this.version.value = enPlace; this.acquis = texte; }
      if (reponse.status === 422 || reponse.status === 403) this.acquis = texte;
      this.etat.replaceChildren(...modele.content.childNodes);
      if (this.aEnvoyer) this.minuterie = setTimeout(() => this.envoyer(), PAUSE);
    }
    reessayer() { this.minuterie = setTimeout(() => this.envoyer(), 5000); }
    dire(texte) {
      const mot = document.createElement("p");
      mot.className = "esp-etat__mot esp-etat__mot--alerte";
      mot.textContent = texte;
      this.etat.replaceChildren(mot);
    }
  }

  const reponses = [...racine.querySelectorAll("[data-esp-reponse-a]")].filter((b) => b.querySelector("[data-esp-ma-reponse]")).map((b) => new Reponse(b));
  const reste = () => reponses.some((r) => r.aEnvoyer);
  window.addEventListener("beforeunload", (e) => { if (reste()) e.preventDefault(); });
  window.addEventListener("online", () => reponses.forEach((r) => r.envoyer()));
  document.addEventListener("visibilitychange", () => reponses.forEach((r) => r.envoyer({ keepalive: document.hidden })));
  racine.addEventListener("submit", () => reponses.forEach((r) => r.envoyer()));
})();

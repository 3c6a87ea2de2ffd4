"use strict";
/* L'enregistrement automatique, champ par champ. Rien ne se perd : ce qui n'est pas encore au serveur est gardé sur
   l'appareil, et repart au retour du réseau. Sans ce fichier, le bouton « Enregistrer cette rubrique » suffit. */
(() => {
  const racine = document.querySelector("[data-esp-redaction]");
  if (!racine) return;
  const PAUSE = 800; // millisecondes sans frappe avant d'enregistrer
  const DELAI = 20000; // au-delà, le réseau est tenu pour coupé
  const REPRISES = [3000, 6000, 12000, 30000];
  const HORS_LIGNE = "Hors connexion : votre texte est gardé sur cet appareil. Il sera enregistré au retour du réseau.";
  const champs = new Map();

  // --- Petits outils ----------------------------------------------------------------------------
  function element(nom, attributs = {}, ...enfants) {
    const cree = document.createElement(nom);
    for (const [cle, valeur] of Object.entries(attributs)) cree.setAttribute(cle, valeur);
    cree.append(...enfants);
    return cree;
  }
  const analyser = (html) => { const g = document.createElement("template"); g.innerHTML = html.trim(); return g.content; };
  /* Le jeton est relu à chaque envoi : se reconnecter dans un autre onglet le change. */
  const jeton = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] || racine.querySelector("[name=csrfmiddlewaretoken]")?.value || "";
  function heure(instant) {
    const d = new Date(instant);
    const h = `à ${d.getHours()} h ${String(d.getMinutes()).padStart(2, "0")}`;
    return d.toDateString() === new Date().toDateString() ? h : `le ${d.toLocaleDateString("fr-FR")} ${h}`;
  }
  const annonce = element("p", { role: "status", class: "esp-invisible" });
  racine.append(annonce);
  const annoncer = (texte) => { annonce.textContent = texte; };

  // --- Les copies gardées sur l'appareil ----------------------------------------------------------
  const copies = {
    cle: (chemin) => `esp:${racine.dataset.espCompte}:${racine.dataset.espDossier}:${chemin}`,
    lire(chemin) { try { return JSON.parse(localStorage.getItem(this.cle(chemin))); } catch { return null; } },
    garder(chemin, copie) { try { localStorage.setItem(this.cle(chemin), JSON.stringify(copie)); return true; } catch { return false; } },
    oublier(chemin) { try { localStorage.removeItem(this.cle(chemin)); } catch { /* rien à oublier */ } },
  };

  // --- Un champ ------------------------------------------------------------------------------------
  class Champ {
    constructor(article, version) {
      this.article = article;
      this.version = version;
      this.chemin = article.dataset.espChamp;
      this.formulaire = article.closest("form");
      this.etat = article.querySelector("[data-esp-etat]");
      this.enVol = null; // envoyé, sans réponse : à renvoyer tel quel avant toute autre chose
      this.enCours = null;
      this.refusee = null;
      this.bloque = false;
      this.essais = 0;
      const enErreur = this.etat.querySelector(".fr-error-text") !== null;
      this.acquis = enErreur ? null : this.serie();
      if (enErreur) this.refusee = this.serie();
      this.proposerLaCopie();
    }

    /* Lues dans ce bloc, pas dans le formulaire : pendant un remplacement, l'ancien et le nouveau s'y côtoient. */
    entrees() {
      const noms = new Set([this.chemin, `${this.chemin}_ajout`, `forme:${this.chemin}`]);
      return [...this.article.querySelectorAll("input, textarea, select")]
        .filter((c) => (noms.has(c.name) || c.name.startsWith(`conteste:${this.chemin}`)) && !(["checkbox", "radio"].includes(c.type) && !c.checked) && !(c.name.startsWith("forme:") && !c.value))
        .map((c) => [c.name, c.value]);
    }
    serie() { return JSON.stringify(this.entrees().filter(([nom, valeur]) => valeur !== "" && !nom.startsWith("forme:"))); }
    get nonEnregistre() { return this.serie() !== this.acquis; }
    get aEnvoyer() { return !this.bloque && (this.enVol !== null || (this.nonEnregistre && this.serie() !== this.refusee)); }
    get vivant() { return this.article.isConnected; }

    saisie(aLaSortie) {
      clearTimeout(this.minuterie);
      if (!this.nonEnregistre && !this.enVol) { copies.oublier(this.chemin); this.dire(""); return; }
      copies.garder(this.chemin, { entrees: this.entrees(), version: this.version.value, le: Date.now() });
      if (!this.etat.querySelector(".fr-error-text")) this.dire("Pas encore enregistré", { muet: true });
      if (!aLaSortie) this.minuterie = setTimeout(() => this.envoyer(), PAUSE);
    }

    envoyer(options = {}) {
      clearTimeout(this.minuterie);
      if (this.enCours) return this.enCours;
      if (!this.aEnvoyer) return Promise.resolve();
      this.enCours = this.vider(options).finally(() => { this.enCours = null; montrerLEnsemble(); });
      return this.enCours;
    }

    /* Un envoi à la fois ; on recommence tant que la personne a continué d'écrire pendant l'envoi. */
    async vider(options) {
      while (this.aEnvoyer && this.vivant) {
        const charge = this.enVol ?? { entrees: this.entrees(), serie: this.serie() };
        this.enVol = charge;
        const { reponse, texte } = await this.poster(charge, options);
        if (!reponse || reponse.status >= 500 || reponse.status === 429) { this.horsLigne(reponse); return; }
        this.essais = 0;
        const rendu = analyser(texte).firstElementChild;
        if (reponse.status === 200) { this.enVol = null; this.enregistre(charge, rendu); continue; }
        if (reponse.status === 409) {
          this.enVol = null;
          if (this.serie() !== charge.serie) continue; // le texte a avancé : c'est lui qu'il faut garder
          copies.oublier(this.chemin);
          this.remplacer(rendu);
          return;
        }
        if (reponse.status === 422) { this.enVol = null; this.refuser(charge, rendu); continue; }
        this.arreter(reponse, rendu);
        return;
      }
    }

    async poster(charge, options) {
      const corps = new URLSearchParams(charge.entrees);
      corps.set(`version:${this.chemin}`, this.version.value);
      const arret = new AbortController();
      const minuterie = setTimeout(() => arret.abort(), DELAI);
      try {
        const reponse = await fetch(this.article.dataset.espAdresse, {
          method: "POST", body: corps, redirect: "manual", credentials: "same-origin", signal: arret.signal,
          keepalive: Boolean(options.keepalive) && corps.toString().length < 60000,
          headers: { "X-CSRFToken": jeton(), "X-Esperluette": "fragment" },
        });
        return { reponse, texte: reponse.type === "opaqueredirect" ? "" : await reponse.text() };
      } catch { return { reponse: null, texte: "" }; } finally { clearTimeout(minuterie); }
    }

    enregistre(charge, rendu) {
      this.version.value = this.article.dataset.espVersionLue = rendu.dataset.espVersion;
      this.acquis = charge.serie;
      this.refusee = null;
      this.marquerErreur(false);
      this.article.querySelector(":scope [data-esp-copie]")?.remove();
      if (this.nonEnregistre) return;
      copies.oublier(this.chemin);
      if (this.article.dataset.espType === "communes" && charge.entrees.some(([n, v]) => n.endsWith("_ajout") && v)) this.rafraichir();
      else this.montrerEtat(rendu);
      if (document.getElementById("menu-redaction")) htmx.trigger("#menu-redaction", "esp:enregistre");
    }

    refuser(charge, rendu) {
      this.refusee = charge.serie;
      this.marquerErreur(true);
      this.montrerEtat(rendu);
    }

    /* « Enregistré à 14 h 32 » se voit chaque fois, et ne s'annonce qu'une fois par minute. */
    montrerEtat(rendu) {
      const mot = rendu.querySelector(".esp-etat__mot");
      if (mot && mot.textContent === this.annonce) mot.setAttribute("aria-hidden", "true");
      if (mot) this.annonce = mot.textContent;
      this.dernier = null;
      this.etat.replaceChildren(...rendu.childNodes);
    }

    marquerErreur(oui) {
      const groupe = this.article.querySelector(".fr-input-group, .fr-fieldset");
      groupe?.classList.toggle(groupe.matches(".fr-fieldset") ? "fr-fieldset--error" : "fr-input-group--error", oui);
      this.article.querySelectorAll("[data-esp-saisie], [role=textbox]").forEach((c) => {
        if (oui) c.setAttribute("aria-invalid", "true"); else c.removeAttribute("aria-invalid");
      });
    }

    horsLigne(reponse) {
      const attente = REPRISES[Math.min(this.essais, REPRISES.length - 1)];
      this.essais += 1;
      this.garderLaDerniere();
      this.dire(reponse ? "Le service ne répond pas : votre texte est gardé sur cet appareil. Nouvel essai dans un instant." : HORS_LIGNE, { alerte: true });
      this.minuterie = setTimeout(() => this.envoyer(), attente);
    }

    arreter(reponse, rendu) {
      this.garderLaDerniere();
      if (rendu?.dataset?.espStatut === "refus") {
        this.bloque = true;
        this.enVol = null;
        this.etat.replaceChildren(...rendu.childNodes, element("p", { class: "esp-etat__mot" }, "Votre texte est gardé sur cet appareil."));
        return;
      }
      if (reponse.status === 404) { this.bloque = true; this.enVol = null; this.dire("Ce champ n’existe plus. Rechargez la page : votre texte est gardé sur cet appareil.", { alerte: true }); return; }
      this.enVol = null;
      const lien = element("a", { href: racine.dataset.espConnexion, target: "_blank", rel: "noopener" }, "Reconnectez-vous dans un nouvel onglet");
      this.dire("Votre session a expiré : votre texte est gardé sur cet appareil. ", { alerte: true, suite: [lien, ", puis revenez ici : l’enregistrement reprendra."] });
    }

    garderLaDerniere() { copies.garder(this.chemin, { entrees: this.entrees(), version: this.version.value, le: Date.now() }); }

    /* `muet` : se voit, ne s'annonce pas à chaque frappe. */
    dire(texte, { muet = false, alerte = false, suite = [] } = {}) {
      const present = this.etat.querySelector(".esp-etat__mot");
      if (present && present.textContent === texte && !suite.length) return;
      if (!texte && this.dernier) { this.etat.replaceChildren(...this.dernier); this.dernier = null; return; }
      if (!texte) return;
      if (muet && !this.dernier) this.dernier = [...this.etat.childNodes];
      if (!muet) this.dernier = null;
      const mot = element("p", { class: `esp-etat__mot${alerte ? " esp-etat__mot--alerte" : ""}` }, texte, ...suite);
      if (muet) mot.setAttribute("aria-hidden", "true");
      this.etat.replaceChildren(mot);
    }

    proposerLaCopie() {
      const copie = copies.lire(this.chemin);
      if (!copie) return;
      const serie = JSON.stringify(copie.entrees.filter(([nom, valeur]) => valeur !== "" && !nom.startsWith("forme:")));
      if (serie === this.serie()) { copies.oublier(this.chemin); return; }
      const reprendre = element("button", { type: "button", class: "fr-btn fr-btn--secondary fr-btn--sm" }, "Reprendre ce texte");
      const oublier = element("button", { type: "button", class: "fr-btn fr-btn--tertiary fr-btn--sm" }, "L’oublier");
      const depuis = copie.version !== this.version.value ? " Le champ a changé depuis : les deux textes vous seront montrés." : "";
      const bloc = element("div", { class: "fr-alert fr-alert--info fr-alert--sm fr-mb-2w", "data-esp-copie": "" },
        element("p", {}, `Un texte pas encore enregistré est gardé sur cet appareil, saisi ${heure(copie.le)}.${depuis}`),
        element("p", { class: "esp-gestes fr-mt-1w" }, reprendre, oublier));
      this.article.prepend(bloc);
      reprendre.addEventListener("click", () => {
        this.remplir(copie.entrees);
        this.version.value = copie.version;
        this.viser();
        bloc.remove();
        this.envoyer();
      });
      oublier.addEventListener("click", () => { copies.oublier(this.chemin); bloc.remove(); this.viser(); });
    }

    remplir(entrees) {
      const gardees = (cherche) => entrees.filter(([nom]) => nom === cherche).map(([, valeur]) => valeur);
      if (this.article.dataset.espType === "communes") {
        this.formulaire.elements[`${this.chemin}_ajout`].value = gardees(this.chemin).join(", ");
        return;
      }
      for (const controle of this.article.querySelectorAll("[data-esp-saisie]")) {
        const conteste = controle.name?.startsWith("conteste:"); // à chaque chiffre contesté son motif
        const valeurs = gardees(conteste ? controle.name : this.chemin);
        if (conteste && !valeurs.length) continue; // contesté depuis : la copie n'en dit rien
        if (controle.type === "checkbox" || controle.type === "radio") { controle.checked = valeurs.includes(controle.value); continue; }
        const pris = !controle.dispatchEvent(new CustomEvent("esp:remplacer", { detail: valeurs[0] ?? "", cancelable: true }));
        if (!pris) controle.value = valeurs[0] ?? "";
      }
    }

    viser() {
      const controle = this.article.querySelector("[data-esp-saisie]") ?? this.article;
      if (controle.dispatchEvent(new CustomEvent("esp:viser", { cancelable: true }))) controle.focus();
    }

    async rafraichir() { await rafraichir(this.article); }

    remplacer(neuf) {
      const avaitLeCurseur = this.article.contains(document.activeElement);
      installer(this.article, neuf);
      const titre = neuf.querySelector(".esp-conflit h3");
      annoncer("Quelqu’un a enregistré ce champ avant vous. Les deux textes sont gardés : choisissez lequel retenir.");
      if (avaitLeCurseur && titre) titre.focus();
    }
  }

  // --- La page --------------------------------------------------------------------------------------
  function installer(ancien, neuf) {
    ancien.replaceWith(neuf);
    htmx.process(neuf);
    neuf.dispatchEvent(new CustomEvent("esp:neuf", { bubbles: true }));
    preparer(neuf);
  }

  async function rafraichir(article) {
    try {
      const reponse = await fetch(article.dataset.espAdresse, { redirect: "manual", headers: { "X-Esperluette": "fragment" } });
      if (!reponse.ok || !article.isConnected || sale(article)) return;
      installer(article, analyser(await reponse.text()).firstElementChild);
    } catch { /* le réseau reviendra ; la page reste juste */ }
  }

  const vivants = () => { for (const [chemin, c] of champs) if (!c.vivant) champs.delete(chemin); return [...champs.values()]; };
  const sale = (article) => vivants().some((c) => article.contains(c.article) && c.nonEnregistre);
  const toutEnvoyer = (options) => Promise.all(vivants().map((c) => c.envoyer(options)));
  const reste = () => vivants().filter((c) => c.nonEnregistre);

  const ecritDeja = (article) => article.dataset.espType !== "texte_riche"
    && [...article.querySelectorAll("[data-esp-saisie]")].some((c) => c.value !== (c.defaultValue ?? c.value) || c.checked !== c.defaultChecked);

  function preparer(zone, { arrivee = false } = {}) {
    const articles = zone.matches?.("[data-esp-champ]") ? [zone] : [];
    articles.push(...(zone.querySelectorAll?.("[data-esp-champ]") ?? []));
    for (const article of articles) {
      const version = article.querySelector("input[data-esp-version]");
      if (!version || version.closest("[data-esp-champ]") !== article) continue;
      if (champs.get(article.dataset.espChamp)?.article === article) continue;
      const champ = new Champ(article, version);
      champs.set(article.dataset.espChamp, champ);
      // Une ligne vient d'arriver : on a pu y écrire avant qu'elle soit suivie.
      if (arrivee && ecritDeja(article)) { champ.acquis = null; champ.saisie(false); }
    }
    replierSiEtroit(zone);
  }

  function replierSiEtroit(zone) {
    if (window.matchMedia("(min-width: 62em)").matches) return;
    zone.querySelectorAll?.("details[data-esp-replier]").forEach((d) => { d.open = false; });
  }

  const general = racine.querySelector("[data-esp-etat-general]");
  function montrerLEnsemble() {
    const nombre = vivants().filter((c) => c.essais > 0 && c.nonEnregistre).length;
    const pluriel = nombre > 1 ? "s" : "";
    avertir(nombre ? `${nombre} champ${pluriel} en attente d’enregistrement, gardé${pluriel} sur cet appareil.` : "");
  }
  /* Un bandeau en bas de l'écran, lu aussi par les lecteurs d'écran ; vide, il disparaît. */
  function avertir(texte) {
    if (general.textContent !== texte) general.textContent = texte;
    general.hidden = !texte;
  }

  function champDe(cible) {
    const article = cible.closest?.("[data-esp-champ]");
    const champ = champs.get(article?.dataset.espChamp);
    return champ?.article === article ? champ : undefined;
  }
  const estUneReponse = (champ, cible) => champ && [champ.chemin, `${champ.chemin}_ajout`, `conteste:${champ.chemin}`].some((n) => cible.name === n || (n.startsWith("conteste:") && cible.name?.startsWith(`${n}:`)));
  /* Le chiffre choisi et son motif ne font qu'un : ils partent ensemble, par leur bouton ou en quittant le bloc. */
  const attendSonBouton = (cible) => cible.name?.startsWith("conteste:") && "espALaSortie" in cible.dataset;

  racine.addEventListener("input", (e) => {
    const champ = champDe(e.target);
    if (!estUneReponse(champ, e.target)) return;
    champ.saisie("espALaSortie" in e.target.dataset || e.target.name !== champ.chemin);
  });
  racine.addEventListener("change", (e) => {
    const champ = champDe(e.target);
    if (!estUneReponse(champ, e.target)) return;
    champ.saisie(true);
    if (!attendSonBouton(e.target)) champ.envoyer();
  });
  racine.addEventListener("focusout", (e) => {
    const champ = champDe(e.target);
    if (champ && !champ.article.contains(e.relatedTarget)) champ.envoyer();
  });

  /* Entrée dans un champ, ou le bouton sans script : on enregistre tout, sans quitter la page. */
  racine.addEventListener("submit", (e) => {
    if (!e.target.matches("[data-esp-rubrique]") || e.submitter?.name) return;
    e.preventDefault();
    toutEnvoyer().then(() => annoncer(reste().length ? "Il reste des champs à enregistrer." : "Tout est enregistré."));
  });

  // --- Gestes htmx : la saisie d'abord, le geste ensuite, le curseur au bon endroit -------------------
  document.body.addEventListener("htmx:confirm", (e) => {
    if (!e.detail.elt.matches("[data-esp-geste]")) return;
    e.preventDefault();
    toutEnvoyer().then(() => {
      if (vivants().some((c) => c.enVol)) avertir(`${HORS_LIGNE} Recommencez ce geste à ce moment-là.`);
      else e.detail.issueRequest(true);
    });
  });
  document.body.addEventListener("htmx:configRequest", (e) => { e.detail.headers["X-CSRFToken"] = jeton(); });
  document.body.addEventListener("htmx:responseError", (e) => {
    if (!e.detail.elt.matches("[data-esp-geste]")) return;
    const motif = e.detail.xhr.status === 401 ? "Votre session a expiré : reconnectez-vous, puis recommencez."
      : analyser(e.detail.xhr.responseText).querySelector("[data-esp-statut=refus]")?.textContent;
    avertir(motif || "Ce geste n’a pas abouti. Rechargez la page, puis recommencez.");
  });
  document.body.addEventListener("htmx:sendError", (e) => {
    if (e.detail.elt.matches("[data-esp-geste]")) avertir("Hors connexion : ce geste n’a pas été fait. Recommencez au retour du réseau.");
  });
  document.body.addEventListener("htmx:load", (e) => preparer(e.detail.elt, { arrivee: true }));
  document.body.addEventListener("htmx:afterSettle", () => {
    for (const effet of document.querySelectorAll("[data-esp-effet]")) {
      annoncer(effet.textContent);
      viserApres(effet.dataset.espCible);
      effet.remove();
    }
  });
  function viserApres(id) {
    const cible = document.getElementById(id) ?? document.getElementById(`champ-${id.replaceAll("/", "--")}`);
    if (!cible) return;
    const champ = cible.matches(".esp-ligne") ? champDe(cible.querySelector("[data-esp-saisie]") ?? cible) : champs.get(cible.dataset.espChamp);
    if (champ && !dernierGeste.startsWith("monter") && !dernierGeste.startsWith("descendre")) { champ.viser(); return; }
    const meme = [...cible.querySelectorAll("button[name=geste]")].find((b) => b.value.split(":")[0] === dernierGeste.split(":")[0]);
    (meme ?? cible).focus();
  }
  let dernierGeste = "";
  racine.addEventListener("click", (e) => { dernierGeste = e.target.closest?.("button[name=geste]")?.value ?? dernierGeste; }, true);

  // --- Présence : le menu et les pastilles, sans voler le curseur --------------------------------------
  document.body.addEventListener("htmx:beforeRequest", (e) => {
    if (e.detail.elt.id === "menu-redaction" && (document.hidden || !navigator.onLine)) e.preventDefault();
  });
  document.body.addEventListener("htmx:beforeSwap", (e) => {
    if (e.detail.elt.id === "menu-redaction" && e.detail.elt.contains(document.activeElement)) e.detail.shouldSwap = false;
  });
  document.body.addEventListener("htmx:afterSettle", (e) => { if (e.detail.requestConfig?.elt?.id === "menu-redaction") suivre(); });
  function suivre() {
    const nombre = document.querySelector("[data-esp-manques-nombre]")?.dataset.espManquesNombre;
    if (nombre !== undefined) document.querySelectorAll("[data-esp-manques]").forEach((n) => { n.textContent = `(${nombre})`; });
    for (const presents of document.querySelectorAll("[data-esp-presents]")) {
      const article = presents.closest("[data-esp-champ]");
      if (!article) continue;
      article.hidden = presents.dataset.espVisible === "non";
      if (Number(presents.dataset.espVersion) <= Number(article.dataset.espVersionLue)) continue;
      if (!article.contains(document.activeElement) && !sale(article)) rafraichir(article);
    }
  }

  // --- Quitter, revenir, clavier ------------------------------------------------------------------------
  window.addEventListener("beforeunload", (e) => { if (reste().length) e.preventDefault(); });
  window.addEventListener("online", () => { vivants().forEach((c) => { c.essais = 0; }); toutEnvoyer(); });
  document.addEventListener("visibilitychange", () => toutEnvoyer({ keepalive: document.hidden }));
  window.addEventListener("focus", () => toutEnvoyer());
  window.addEventListener("pagehide", () => toutEnvoyer({ keepalive: true }));

  /* Suivre un lien enregistre d'abord : on ne demande rien à la personne si tout passe. */
  document.addEventListener("click", (e) => {
    const lien = e.target.closest?.("a[href]");
    if (!lien || e.defaultPrevented || e.button || e.metaKey || e.ctrlKey || e.shiftKey || lien.target || lien.hasAttribute("download")) return;
    if (lien.origin !== location.origin || (lien.pathname === location.pathname && lien.hash) || !reste().length) return;
    e.preventDefault();
    Promise.race([toutEnvoyer(), new Promise((suite) => { setTimeout(suite, 2500); })]).then(() => { location.href = lien.href; });
  });

  document.addEventListener("keydown", (e) => {
    const suivre = { PageUp: "[data-esp-precedent]", PageDown: "[data-esp-suivant]", m: "[data-esp-manques-lien]" }[e.key];
    if (e.altKey && !e.ctrlKey && !e.shiftKey && suivre) {
      const lien = racine.querySelector(suivre);
      if (lien) { e.preventDefault(); lien.click(); }
    } else if ((e.ctrlKey || e.metaKey) && !e.altKey && e.key.toLowerCase() === "s") {
      e.preventDefault();
      toutEnvoyer().then(() => annoncer(reste().length ? "Il reste des champs à enregistrer." : "Tout est enregistré."));
    }
  });

  racine.querySelectorAll("[data-esp-sans-script]").forEach((b) => { b.hidden = true; });
  racine.querySelectorAll("[data-esp-avec-script]").forEach((b) => { b.hidden = false; });
  racine.querySelector("[data-esp-viser]")?.focus();
  preparer(racine);
})();

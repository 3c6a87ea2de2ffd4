"use strict";
/* Chaque champ part seul. Une coupure ne perd rien : les saisies attendent dans une file gardée sur l'appareil, et
   repartent dans l'ordre au retour du réseau. Chacune a sa clé : rejouée, elle ne compte qu'une fois. */
window.espSaisies = (() => {
  const racine = document.querySelector("[data-esp-saisies]");
  if (!racine) return null;
  const PAUSE = 700, DELAI = 15000, REPRISES = [2000, 4000, 8000, 15000, 30000];
  const prefixe = `esp:saisies:${racine.dataset.espCompte}:${racine.dataset.espGroupe}:`;
  const etat = racine.querySelector("[data-esp-etat-saisies]");
  const versions = new Map(); // champ → dernière version connue
  const ecouteurs = [];
  let enCours = false, essais = 0, minuterie = null, arret = null, compteur = 0, dernier = null;
  racine.classList.add("esp-avec-script");

  // --- La file, une entrée par clé du stockage : deux onglets ne se marchent pas dessus -------------
  const secours = new Map(); // sans stockage (navigation privée), au moins tant que la page vit
  const stockage = {
    ecrire(cle, texte) { try { localStorage.setItem(cle, texte); secours.delete(cle); } catch { secours.set(cle, texte); } },
    lire(cle) { try { return localStorage.getItem(cle) ?? secours.get(cle) ?? null; } catch { return secours.get(cle) ?? null; } },
    oter(cle) { secours.delete(cle); try { localStorage.removeItem(cle); } catch { /* rien à ôter */ } },
    cles() {
      let connues = [];
      try { connues = Object.keys(localStorage); } catch { /* aucune */ }
      return [...new Set([...connues, ...secours.keys()])].filter((c) => c.startsWith(prefixe)).sort();
    },
  };
  function file() {
    return stockage.cles().map((ou) => { try { return { ou, ...JSON.parse(stockage.lire(ou)) }; } catch { return null; } }).filter((e) => e && e.donnees);
  }
  const ranger = (entree) => { const { ou, ...reste } = entree; stockage.ecrire(ou, JSON.stringify(reste)); };

  function uuid() {
    if (window.crypto?.randomUUID) return crypto.randomUUID();
    const o = crypto.getRandomValues(new Uint8Array(16));
    o[6] = (o[6] & 0x0f) | 0x40; o[8] = (o[8] & 0x3f) | 0x80;
    const h = [...o].map((n) => n.toString(16).padStart(2, "0")).join("");
    return `${h.slice(0, 8)}-${h.slice(8, 12)}-${h.slice(12, 16)}-${h.slice(16, 20)}-${h.slice(20)}`;
  }
  const jeton = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] || racine.querySelector("[name=csrfmiddlewaretoken]")?.value || "";

  /* `champ` : ce qui se remplace (la dernière frappe l'emporte) ; vide pour un geste, qui part toujours. */
  function ajouter({ adresse, donnees, champ = "", structure = false, libelle = "" }) {
    const entree = { adresse, donnees: { ...donnees, cle: uuid(), le: new Date().toISOString() }, champ, structure, libelle };
    const memes = champ ? file().filter((e) => e.champ === champ && e.ou !== arret) : [];
    if (memes.length) {
      entree.ou = memes[0].ou;
      memes.slice(1).forEach((e) => stockage.oter(e.ou));
    } else {
      compteur += 1;
      entree.ou = `${prefixe}${String(Date.now()).padStart(15, "0")}-${String(compteur).padStart(5, "0")}-${entree.donnees.cle}`;
    }
    ranger(entree);
    montrer();
    vider();
  }

  async function poster(entree) {
    const corps = new URLSearchParams(entree.donnees);
    if (entree.champ && versions.has(entree.champ)) corps.set("version", versions.get(entree.champ));
    const coupure = new AbortController();
    const horloge = setTimeout(() => coupure.abort(), DELAI);
    try {
      const reponse = await fetch(entree.adresse, {
        method: "POST", body: corps, redirect: "manual", credentials: "same-origin", signal: coupure.signal,
        headers: { "X-CSRFToken": jeton(), "X-Esperluette": "saisie" },
      });
      const texte = reponse.type === "opaqueredirect" ? "" : await reponse.text();
      let dit = null;
      try { dit = JSON.parse(texte); } catch { /* pas du JSON : une page d'erreur */ }
      return { statut: reponse.type === "opaqueredirect" ? 401 : reponse.status, dit };
    } catch { return { statut: 0, dit: null }; } finally { clearTimeout(horloge); }
  }

  async function vider() {
    if (enCours) return;
    clearTimeout(minuterie);
    enCours = true;
    let structure = false;
    try {
      for (let entree = file()[0]; entree; entree = file()[0]) {
        arret = entree.ou;
        montrer();
        const { statut, dit } = await poster(entree);
        if (statut === 0 || statut >= 500 || statut === 429) { plusTard(statut === 0 ? "reseau" : "service"); return; }
        if (statut === 401 || (statut === 403 && !dit)) { plusTard("session"); return; }
        essais = 0;
        // Pendant l'envoi, la personne a pu continuer d'écrire : l'entrée remplacée reste, l'ancienne seule est partie.
        const presente = stockage.lire(entree.ou);
        if (presente && JSON.parse(presente).donnees.cle === entree.donnees.cle) stockage.oter(entree.ou);
        arret = null;
        if (dit && entree.champ && dit.version !== null && dit.version !== undefined && statut === 200) versions.set(entree.champ, dit.version);
        if (statut === 200) { dernier = new Date(); structure = structure || entree.structure; annoncer("acquis", entree, dit); }
        else if (statut === 409) { annoncer("conflit", entree, dit); structure = structure || entree.structure; }
        else { annoncer("refus", entree, dit ?? { message: "Cette saisie n’a pas été acceptée. Rechargez la page." }); structure = structure || entree.structure; }
      }
    } finally { enCours = false; arret = null; montrer(); }
    if (structure) annoncer("structure");
  }

  let raison = "";
  function plusTard(quoi) {
    raison = quoi;
    minuterie = setTimeout(vider, REPRISES[Math.min(essais, REPRISES.length - 1)]);
    essais += 1;
  }
  const annoncer = (quoi, entree, dit) => ecouteurs.forEach((ecouteur) => ecouteur(quoi, entree, dit));

  /* L'état, toujours visible. Il ne s'annonce que s'il change. */
  function montrer() {
    const n = file().length;
    racine.querySelectorAll("[data-esp-auto], [data-esp-envoi]").forEach((f) => f.classList.remove("esp-en-attente"));
    let texte = "", alerte = false, lien = null;
    if (n && essais) {
      alerte = true;
      const garde = `${n} saisie${n > 1 ? "s" : ""} gardée${n > 1 ? "s" : ""} sur cet appareil`;
      if (raison === "session") {
        texte = `Votre session a expiré : ${garde}. `;
        lien = document.createElement("a");
        lien.href = racine.dataset.espConnexion; lien.target = "_blank"; lien.rel = "noopener";
        lien.textContent = "Reconnectez-vous dans un nouvel onglet";
      } else texte = raison === "service" ? `Le service ne répond pas : ${garde}. Nouvel essai dans un instant.` : `Hors connexion : ${garde}. Elle${n > 1 ? "s partiront" : " partira"} au retour du réseau.`;
    } else if (n) texte = "Enregistrement…";
    else if (dernier) texte = `Tout est enregistré, ${dernier.getHours()} h ${String(dernier.getMinutes()).padStart(2, "0")}`;
    if (!etat || etat.dataset.dit === texte) return;
    etat.dataset.dit = texte;
    etat.classList.toggle("esp-etat-saisies--alerte", alerte);
    etat.replaceChildren(texte, ...(lien ? [lien] : []));
  }

  // --- Les formulaires --------------------------------------------------------------------------------
  const valeurs = (formulaire, bouton) => {
    const donnees = {};
    for (const [nom, valeur] of new FormData(formulaire, bouton ?? undefined)) if (nom !== "csrfmiddlewaretoken" && typeof valeur === "string") donnees[nom] = valeur;
    return donnees;
  };
  const message = (formulaire, nom) => formulaire.querySelector(`[data-esp-message="${nom}"]`) ?? formulaire.querySelector('[data-esp-message=""]');

  /* L'identité d'un champ : la même d'une page à l'autre, pour retrouver sa version et son entrée. */
  function champDe(formulaire, nom) {
    const d = valeurs(formulaire);
    const seul = formulaire.dataset.espAuto === "valeur";
    return [d.geste === "observations" ? "observations" : d.point ?? "", d.reserve ?? "", seul ? d.champ ?? d.geste : nom].join("/");
  }
  function enregistrerChamp(formulaire, controle) {
    const champ = champDe(formulaire, controle.name);
    const dit = message(formulaire, formulaire.dataset.espAuto === "valeur" ? "valeur" : controle.name);
    if (dit) dit.textContent = "";
    const d = valeurs(formulaire);
    let donnees;
    if (formulaire.dataset.espAuto === "valeur") donnees = { ...d, valeur: lireControle(formulaire, controle) };
    else {
      const court = controle.name.replace(formulaire.dataset.espPrefixe ?? "", "");
      const version = d[`version-${court}`] ?? d[`version_${court}`] ?? "0";
      donnees = { geste: formulaire.dataset.espGeste ?? "champ", point: d.point ?? "", reserve: d.reserve ?? "", champ: court, valeur: lireControle(formulaire, controle), version };
    }
    if (versions.has(champ)) donnees.version = versions.get(champ);
    ajouter({ adresse: formulaire.getAttribute("action") || racine.dataset.espAdresse, donnees, champ, structure: formulaire.hasAttribute("data-esp-structure"), libelle: libelleDe(controle) });
  }
  const lireControle = (formulaire, controle) => controle.type === "radio" ? (formulaire.querySelector(`[name="${controle.name}"]:checked`)?.value ?? "") : controle.value;
  const libelleDe = (controle) => (controle.labels?.[0]?.firstChild?.textContent ?? "").trim() || "Saisie";

  const attentes = new WeakMap();
  racine.addEventListener("input", (e) => {
    const formulaire = e.target.closest?.("form[data-esp-auto]");
    if (!formulaire || !e.target.name || !["TEXTAREA", "INPUT"].includes(e.target.tagName) || ["radio", "checkbox", "date"].includes(e.target.type)) return;
    clearTimeout(attentes.get(e.target));
    e.target.dataset.espSale = "";
    attentes.set(e.target, setTimeout(() => envoyerSiSale(e.target), PAUSE));
  });
  function envoyerSiSale(controle) {
    clearTimeout(attentes.get(controle));
    const formulaire = controle.closest("form[data-esp-auto]");
    if (!formulaire || controle.dataset.espSale === undefined) return;
    delete controle.dataset.espSale;
    enregistrerChamp(formulaire, controle);
  }
  racine.addEventListener("change", (e) => {
    const formulaire = e.target.closest?.("form[data-esp-auto]");
    if (!formulaire || !e.target.name) return;
    e.target.dataset.espSale = "";
    envoyerSiSale(e.target);
  });
  const toutEnvoyer = () => racine.querySelectorAll("[data-esp-sale]").forEach(envoyerSiSale);
  racine.addEventListener("focusout", (e) => { if (e.target.dataset?.espSale !== undefined) envoyerSiSale(e.target); });
  window.addEventListener("pagehide", toutEnvoyer);

  racine.addEventListener("submit", (e) => {
    const formulaire = e.target;
    if (formulaire.matches("form[data-esp-auto]")) {
      if (!e.submitter?.hasAttribute("data-esp-apres-vidage")) { e.preventDefault(); toutEnvoyer(); vider(); return; }
      toutEnvoyer();
      if (!file().length) return; // tout est au serveur : le formulaire ordinaire fait la suite
      e.preventDefault();
      attendreLeVide().then((vide) => { if (vide) formulaire.requestSubmit(e.submitter); });
      return;
    }
    if (!formulaire.matches("form[data-esp-envoi]")) return;
    e.preventDefault();
    toutEnvoyer();
    const dit = message(formulaire, "");
    if (dit) dit.textContent = "";
    const donnees = valeurs(formulaire, e.submitter);
    if (e.submitter?.name) donnees[e.submitter.name] = e.submitter.value;
    apercu(formulaire, e.submitter);
    ajouter({ adresse: formulaire.getAttribute("action") || racine.dataset.espAdresse, donnees, structure: true, libelle: nomDuBouton(e.submitter) });
    if (formulaire.querySelector("[data-esp-garder]")) renouveler(formulaire);
  });
  /* Le geste, sans la touche qui le déclenche : « Rendre cet avis », non « Rendre cet avis V ». */
  function nomDuBouton(bouton) {
    const mots = bouton?.cloneNode(true);
    mots?.querySelectorAll("kbd").forEach((touche) => touche.remove());
    return mots?.textContent.trim() || "Saisie";
  }
  /* Ce qu'on vient de presser se voit tout de suite, même hors connexion. */
  function apercu(formulaire, bouton) {
    if (!bouton?.hasAttribute("aria-pressed")) return;
    formulaire.querySelectorAll("[aria-pressed]").forEach((b) => b.setAttribute("aria-pressed", String(b === bouton)));
  }
  /* Une réserve ajoutée hors connexion : la suivante aura sa propre clé. */
  function renouveler(formulaire) {
    const reserve = formulaire.elements.reserve;
    if (reserve) reserve.value = uuid();
    formulaire.querySelectorAll("[data-esp-garder]").forEach((c) => { c.value = ""; });
  }
  function attendreLeVide() {
    return new Promise((resoudre) => {
      const fin = Date.now() + DELAI;
      (function voir() {
        if (!file().length) resoudre(true);
        else if (Date.now() > fin || essais) resoudre(false);
        else setTimeout(voir, 100);
      })();
    });
  }

  // --- Ce que le serveur a répondu ---------------------------------------------------------------------
  function formulaireDe(entree) {
    return [...racine.querySelectorAll("form[data-esp-auto]")].find((f) => [...f.elements].some((c) => c.name && entree.champ && champDe(f, c.name) === entree.champ));
  }
  function controleDe(formulaire, entree) {
    return [...formulaire.elements].find((c) => c.name && c.type !== "hidden" && champDe(formulaire, c.name) === entree.champ);
  }
  ecouteurs.push((quoi, entree, dit) => {
    if (quoi === "acquis" && entree.champ) {
      const formulaire = formulaireDe(entree);
      const version = formulaire?.elements[`version-${entree.donnees.champ}`] ?? formulaire?.elements[`version_${entree.donnees.champ}`] ?? formulaire?.elements.version;
      if (version && dit.version !== null) version.value = dit.version;
    }
    if (quoi !== "refus" && quoi !== "conflit") return;
    const formulaire = entree.champ ? formulaireDe(entree) : null;
    const controle = formulaire ? controleDe(formulaire, entree) : null;
    const place = formulaire ? message(formulaire, formulaire.dataset.espAuto === "valeur" ? "valeur" : controle?.name ?? "") : null;
    if (!place) { direAilleurs(entree, dit); return; }
    place.textContent = dit.message;
    if (quoi !== "conflit" || dit.valeur === undefined) return;
    const autre = libelleDeValeur(controle, dit.valeur);
    place.append(` Sur l’autre poste : « ${autre} ». `);
    versions.set(entree.champ, dit.version);
    place.append(bouton("Garder le mien", () => { place.textContent = ""; enregistrerChamp(formulaire, controle); }));
    place.append(" ", bouton("Prendre l’autre", () => { place.textContent = ""; poserValeur(formulaire, controle, dit.valeur ?? ""); annoncer("structure"); }));
  });
  function bouton(texte, geste) {
    const b = document.createElement("button");
    b.type = "button"; b.className = "esp-bouton"; b.textContent = texte;
    b.addEventListener("click", geste);
    return b;
  }
  const libelleDeValeur = (controle, valeur) => {
    const option = controle?.tagName === "SELECT" ? [...controle.options].find((o) => o.value === String(valeur)) : null;
    return option?.textContent ?? String(valeur ?? "");
  };
  function poserValeur(formulaire, controle, valeur) {
    if (controle.type === "radio") formulaire.querySelectorAll(`[name="${controle.name}"]`).forEach((r) => { r.checked = r.value === String(valeur); });
    else controle.value = valeur;
  }
  function direAilleurs(entree, dit) {
    const zone = racine.querySelector("[data-esp-refus]");
    const texte = entree.donnees.texte || entree.donnees.valeur || "";
    const phrase = `${entree.libelle} : ${dit.message}${texte ? ` Votre texte : « ${texte} »` : ""}`;
    if (!zone) { if (etat) etat.textContent = phrase; return; }
    const bloc = document.createElement("div");
    bloc.className = "fr-alert fr-alert--error fr-alert--sm fr-mb-1w";
    const p = document.createElement("p");
    p.textContent = `${phrase} `;
    p.append(bouton("J’ai lu", () => bloc.remove()));
    bloc.append(p);
    zone.append(bloc);
  }

  window.addEventListener("online", () => { essais = Math.max(essais, 0); vider(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) vider(); });
  window.addEventListener("beforeunload", (e) => { toutEnvoyer(); if (file().length && essais) e.preventDefault(); });
  montrer();
  vider();
  return { racine, file, vider, ecouter: (f) => ecouteurs.push(f), champDe, sale: (zone) => Boolean(zone.querySelector("[data-esp-sale]")) || [...zone.querySelectorAll("form")].some((f) => [...f.elements].some((c) => c.name && file().some((e) => e.champ && e.champ === champDe(f, c.name)))) };
})();

"use strict";
/* Le cockpit : tous les points sont dans la page, on passe de l'un à l'autre sans réseau. Les zones vivantes (quorum,
   présences, ordre du jour, point) se rafraîchissent après chaque geste, et toutes les vingt secondes : deux postes se voient. */
(() => {
  const saisies = window.espSaisies;
  const racine = document.querySelector("[data-esp-cockpit]");
  if (!saisies || !racine) return;
  const PERIODE = 20000;
  const sections = [...racine.querySelectorAll("[data-esp-point]")];
  const precedent = racine.querySelector("[data-esp-precedent]");
  const suivant = racine.querySelector("[data-esp-suivant]");
  const rang = racine.querySelector("[data-esp-rang]");

  // --- Un dossier par écran ------------------------------------------------------------------------------
  const indice = () => Math.max(sections.findIndex((s) => !s.hidden), 0);
  const courant = () => sections[indice()]?.dataset.espPoint ?? "";

  function aller(pk, { pousser = true } = {}) {
    const cible = sections.findIndex((s) => s.dataset.espPoint === String(pk));
    if (cible < 0) return false;
    sections.forEach((s, n) => { s.hidden = n !== cible; });
    if (pousser) history.pushState({ point: pk }, "", `?point=${pk}`);
    situer();
    const titre = sections[cible].querySelector("h2");
    titre?.focus({ preventScroll: true });
    racine.scrollIntoView({ block: "start" });
    rafraichir();
    return true;
  }
  function situer() {
    if (!sections.length) return;
    const n = indice();
    rang.textContent = `${n + 1} sur ${sections.length}`;
    lier(precedent, sections[n - 1]);
    lier(suivant, sections[n + 1]);
    racine.querySelectorAll("[data-esp-aller]").forEach((a) => {
      if (a.dataset.espAller === courant()) a.setAttribute("aria-current", "step"); else a.removeAttribute("aria-current");
    });
    montrerLeQuorumDuPoint();
  }
  function lier(lien, section) {
    if (section) { lien.href = `?point=${section.dataset.espPoint}`; lien.removeAttribute("aria-disabled"); } else { lien.removeAttribute("href"); lien.setAttribute("aria-disabled", "true"); }
  }
  /* Hors connexion, le quorum affiché est le dernier connu de ce point. */
  function montrerLeQuorumDuPoint() {
    const phrase = sections[indice()]?.querySelector("[data-esp-quorum]")?.dataset.espQuorum;
    const zone = racine.querySelector('[data-esp-zone="quorum"] [role=status]');
    if (phrase && zone && zone.textContent !== phrase) zone.textContent = phrase;
  }
  racine.addEventListener("click", (e) => {
    const lien = e.target.closest("[data-esp-aller], [data-esp-precedent], [data-esp-suivant]");
    if (!lien || !lien.href || e.ctrlKey || e.metaKey || e.shiftKey) return;
    const pk = new URL(lien.href, location.href).searchParams.get("point");
    if (aller(pk)) e.preventDefault();
  });
  window.addEventListener("popstate", () => {
    const pk = new URLSearchParams(location.search).get("point");
    if (pk) aller(pk, { pousser: false });
  });

  // --- Les zones vivantes --------------------------------------------------------------------------------
  let enCours = false, encore = false;
  async function rafraichir() {
    if (enCours) { encore = true; return; }
    enCours = true;
    try {
      const reponse = await fetch(`${racine.dataset.espEtat}?point=${courant()}`, { redirect: "manual", credentials: "same-origin" });
      if (reponse.status === 204) { location.reload(); return; }
      if (!reponse.ok) return;
      const page = new DOMParser().parseFromString(await reponse.text(), "text/html");
      page.querySelectorAll("[data-esp-zone]").forEach(remplacer);
      situer();
    } catch { /* hors connexion : l'écran reste */ } finally {
      enCours = false;
      if (encore) { encore = false; rafraichir(); }
    }
  }
  /* On ne remplace pas ce que la personne est en train d'écrire, ni ce qui attend de partir. */
  function remplacer(neuve) {
    const ancienne = racine.querySelector(`[data-esp-zone="${neuve.dataset.espZone}"]`);
    if (!ancienne || ancienne.outerHTML === neuve.outerHTML) return;
    const actif = document.activeElement;
    const ecrit = ancienne.contains(actif) && actif.matches("textarea, input:not([type=radio]):not([type=checkbox]), select");
    const messages = [...ancienne.querySelectorAll(".esp-message")].some((m) => m.textContent.trim());
    const brouillon = [...ancienne.querySelectorAll("[data-esp-garder]")].some((c) => c.value.trim());
    if (ecrit || messages || brouillon || saisies.sale(ancienne)) { attendre(); return; }
    const ouverts = [...ancienne.querySelectorAll("details")].map((d) => d.open);
    const id = ancienne.contains(actif) ? actif.id : "";
    const forme = ancienne.contains(actif) ? actif.closest("form") : null;
    const rangForme = forme ? [...ancienne.querySelectorAll("form")].indexOf(forme) : -1;
    const valeur = actif?.value;
    const place = document.importNode(neuve, true);
    ancienne.replaceWith(place);
    place.querySelectorAll("details").forEach((d, n) => { if (ouverts[n]) d.open = true; });
    const retrouve = (id && place.querySelector(`#${CSS.escape(id)}`)) || (rangForme >= 0 && [...(place.querySelectorAll("form")[rangForme]?.elements ?? [])].find((c) => c.type === "submit" && c.value === valeur));
    retrouve?.focus?.({ preventScroll: true });
  }
  let plusTard = null;
  function attendre() { clearTimeout(plusTard); plusTard = setTimeout(rafraichir, 3000); }
  saisies.ecouter((quoi) => { if (quoi === "structure") rafraichir(); });
  setInterval(() => { if (!document.hidden && navigator.onLine) rafraichir(); }, PERIODE);
  window.addEventListener("online", rafraichir);

  // --- Les raccourcis : affichés, débrayables, jamais pendant qu'on écrit ----------------------------------
  const aide = racine.querySelector("[data-esp-raccourcis]");
  const actifs = racine.querySelector("[data-esp-raccourcis-actifs]");
  if (aide) aide.hidden = false;
  try { if (localStorage.getItem("esp:raccourcis") === "non") actifs.checked = false; } catch { /* réglage par défaut */ }
  actifs?.addEventListener("change", () => { try { localStorage.setItem("esp:raccourcis", actifs.checked ? "oui" : "non"); } catch { /* non gardé */ } });
  document.addEventListener("keydown", (e) => {
    if (!actifs?.checked || e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
    if (e.target.matches?.("textarea, select, input:not([type=radio]):not([type=checkbox])")) {
      if (e.key === "Escape") e.target.blur();
      return;
    }
    const touche = e.key.toLowerCase();
    const visible = (c) => !c.closest("[hidden]");
    const cible = [...racine.querySelectorAll(`[data-esp-touche="${CSS.escape(touche)}"]`)].find(visible);
    if (!cible) return;
    e.preventDefault();
    if (cible.matches("textarea, button")) { cible.scrollIntoView({ block: "center" }); cible.focus(); } else cible.click();
  });
  situer();
})();

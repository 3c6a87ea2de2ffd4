"""Parcourir un document de haut en bas, en sachant à chaque bloc à quelle question il répond."""

import time
from collections.abc import Sequence
from dataclasses import replace
from html import escape

from esperluette.importations.erreurs import TrameRefusee
from esperluette.importations.lecteur.analyse import Morceau, RubriqueLue, morceau_de
from esperluette.importations.lecteur.blocs import Bloc, sans_debut
from esperluette.importations.lecteur.cases import Case, cases_de, marquer, option_de
from esperluette.importations.lecteur.consignes import Consignes
from esperluette.importations.lecteur.professions import LecteurDeProfessions
from esperluette.importations.lecteur.reperes import Reconnu, Repere, Reperes, indices_de_titre, reconnaitre_intitule
from esperluette.importations.lecteur.tableaux import MembreLu
from esperluette.importations.lecteur.textes import cle, sans_remplissage
from esperluette.importations.lecteur.zones import Place, Position, Zone, champ_de_precision, option_du_voisinage
from esperluette.referentiel.modele import Champ, Trame

_STYLES_MUETS = (
    "toc",
    "tm ",
    "table des mati",
    "contents",
    "chiffres",
    "garde",
    "etat",
    "subtitle",
    "title",
    "sous-titre",
)
_BREFS = frozenset({"nombre", "date", "choix"})
LONGUEUR_BREVE = 200
DELAI = 20  # secondes, pour tout reconnaître
_INTERTITRE = Reconnu(Repere("hors_trame"), 0.7, "un intertitre y est peut-être une autre question")
_UN_TITRE_COUPE = 0.9


class Lecteur:
    """Lit des blocs pour une trame. Après `lire`, `zones`, `morceaux`, `membres` et `rubriques` disent tout."""

    def __init__(self, trame: Trame, consignes: Consignes, professions: LecteurDeProfessions) -> None:
        self.trame, self.consignes, self.professions = trame, consignes, professions
        self.reperes = Reperes(trame)
        self.ici = Position()
        self.zones: dict[Place, Zone] = {}
        self.morceaux: list[Morceau] = []
        self.membres: list[MembreLu] = []
        self.rubriques: list[RubriqueLue] = []
        self._hors_trame = False
        self._fin = time.monotonic() + DELAI

    def lire(self, blocs: Sequence[Bloc]) -> None:
        """Lit ces blocs ; lève `TrameRefusee` au-delà de `DELAI`."""
        rang = 0
        while rang < len(blocs):
            if time.monotonic() > self._fin:
                raise TrameRefusee(
                    "Ce document est trop compliqué à lire. Retirez-en les annexes, ou recopiez vos réponses dans la "
                    "trame vierge."
                )
            bloc = blocs[rang]
            suivant = blocs[rang + 1] if rang + 1 < len(blocs) else None
            if suivant is not None and (coupe := self._titre_coupe(bloc, suivant)):
                self._ouvrir_rubrique(coupe, bloc)
                rang += 2
                continue
            self.lire_bloc(bloc)
            rang += 1

    def _titre_coupe(self, un: Bloc, autre: Bloc) -> Reconnu | None:
        """Un titre que deux lignes se partagent, s'il se reconnaît mieux entier."""
        if "tableau" in (un.sorte, autre.sorte) or min(map(_indices, (un, autre))) < 2:
            return None
        entier = self.reperes.titre(replace(un, texte=f"{un.texte} {autre.texte}"))
        if entier is None or entier.confiance < _UN_TITRE_COUPE or entier.repere.sorte != "rubrique":
            return None
        seul, second = self.reperes.titre(un), self.reperes.titre(autre)
        if any(t is not None and t.confiance >= entier.confiance for t in (seul, second)):
            return None
        return replace(entier, confiance=min(entier.confiance, 0.95), raison="titre écrit sur deux lignes")

    def lire_bloc(self, bloc: Bloc) -> None:
        if bloc.sorte == "tableau":
            from esperluette.importations.lecteur.rangees import lire_tableau  # noqa: PLC0415 — l'un appelle l'autre

            lire_tableau(self, bloc)
            return
        muet = bloc.style.lower().startswith(_STYLES_MUETS)
        if muet and (self.ici.rubrique is None or bloc.style.lower().startswith(_STYLES_MUETS[:5])):
            return
        if self.ici.rubrique is None and self.consignes.est_un_titre_de_garde(bloc.texte) and bloc.sorte != "titre":
            return
        if not cle(sans_remplissage(marquer(bloc.texte).replace("☐", "").replace("☒", " x "))):
            return
        if self._question_puis_cases(bloc):
            return
        if self._repere(bloc):
            return
        if self._hors_trame or self.consignes.est_une(bloc.texte):
            return
        if debut := self.consignes.longueur_du_debut(bloc.texte):
            bloc = sans_debut(bloc, debut)
        self.contenu(bloc)

    # --- Les repères ---------------------------------------------------------------------------

    def _repere(self, bloc: Bloc) -> bool:
        """Vrai si ce bloc ouvre une rubrique, une question, une fiche ou une colonne."""
        champ = self.ici.champ
        attendue = champ is not None and champ.type in {"cases", "choix"} and bloc.sorte != "titre"
        if champ is not None and attendue and cle(bloc.texte) in {cle(o.libelle) for o in champ.options}:
            return False  # « Association » répond à « Structure juridique » ; ce n'est pas le titre « L'association »
        titre = self.reperes.titre(bloc)
        fiche = self._fiche_ou_colonne(bloc)
        question = fiche or self.reperes.question(bloc, self.ici.rubriques)
        if question is not None and (titre is None or not self._titre_avant(bloc, titre, question)):
            self._ouvrir(question, bloc)
            return True
        if titre is not None:
            if titre.repere.sorte == "hors_trame":
                self._hors_trame = True
            else:
                self._ouvrir_rubrique(titre, bloc)
            return True
        return self._titre_et_texte(bloc)

    def _titre_avant(self, bloc: Bloc, titre: Reconnu, question: Reconnu) -> bool:
        """Entre un titre et une question, qui l'emporte ?"""
        ailleurs = titre.repere.rubrique not in self.ici.rubriques
        if question.confiance >= 1 and titre.confiance >= 1:
            return ailleurs and not question.reste
        return titre.confiance > question.confiance and ailleurs

    def _titre_et_texte(self, bloc: Bloc) -> bool:
        """« 1.2 La patientèle : nous suivons… » : le titre, puis la réponse sur la même ligne."""
        candidats = [(r, v) for r, _, v in self.reperes.titres if r.rubrique not in self.ici.rubriques]
        trouve = reconnaitre_intitule(bloc, candidats, proches=False)
        if trouve is None or not trouve.reste:
            return False
        tete = bloc.texte[: trouve.debut].strip(" :–—-")
        gras = bloc.html.startswith(f"<strong>{escape(tete.split(' ')[0], quote=False)}")
        if indices_de_titre(replace(bloc, texte=tete, gras=gras), tete) < 2:
            return False
        self._ouvrir_rubrique(trouve, bloc)
        self.contenu(sans_debut(bloc, trouve.debut))
        return True

    def _fiche_ou_colonne(self, bloc: Bloc) -> Reconnu | None:
        for rubrique in self.ici.rubriques:
            for champ in self.trame.rubrique(rubrique).champs:
                if champ.type != "tableau":
                    continue
                fiche = self.reperes.fiche(bloc, champ, rubrique)
                colonne = self.reperes.colonne(bloc, champ, rubrique)
                if fiche is not None and (colonne is None or fiche.confiance >= colonne.confiance):
                    return fiche
                question = self.reperes.question(bloc, self.ici.rubriques) if colonne else None
                if colonne is not None and not (question and question.confiance > colonne.confiance):
                    return colonne
        return None

    def _ouvrir_rubrique(self, trouve: Reconnu, bloc: Bloc) -> None:
        rubrique = self.trame.rubrique(trouve.repere.rubrique)
        principal = self.reperes.principal(rubrique)
        if self.ici.rubrique is rubrique and self.ici.champ is not None and principal is None:
            return
        self._hors_trame = False
        self.ici = Position(
            rubrique=rubrique, aussi=trouve.aussi, champ=principal, reconnu=trouve, rubrique_reconnue=trouve
        )
        titre = sans_remplissage(bloc.texte)[:200]
        self.rubriques.append(RubriqueLue(rubrique.id, titre, trouve.confiance, trouve.raison))

    def _ouvrir(self, trouve: Reconnu, bloc: Bloc) -> None:
        """Ouvre une question, une fiche ou une colonne, et lit ce qui suit sur la ligne."""
        repere = trouve.repere
        self._hors_trame = False
        if self.ici.rubrique is None or repere.rubrique not in self.ici.rubriques:
            self.ici = Position(rubrique=self.trame.rubrique(repere.rubrique))
        reste = sans_debut(bloc, trouve.debut) if trouve.reste else None
        if repere.sorte == "champ":
            self.ici.fermer_la_fiche()
            self.ici.champ = self.trame.champ(repere.champ)
            if self.ici.champ.type == "tableau":
                self.ici.tableau = self.ici.champ
        else:
            self._ouvrir_fiche(repere)
        self.ici.reconnu = trouve
        if reste is not None and cle(sans_remplissage(reste.texte)):
            self.contenu(replace(reste, texte=reste.texte.strip(), pile=(), premier=False), en_ligne=True)

    def _ouvrir_fiche(self, repere: Repere) -> None:
        tableau = self.trame.champ(repere.champ)
        if self.ici.tableau is not tableau:
            self.ici.tableau, self.ici.rang = tableau, self._derniere_fiche(tableau)
        self.ici.champ = tableau
        colonne = next((c for c in tableau.colonnes if c.id == repere.colonne), None)
        deja = (tableau.id, self.ici.rang, colonne.id if colonne else "") in self.zones
        if repere.sorte == "fiche" or self.ici.rang < 0 or deja:
            vide = not any(c == tableau.id and r == self.ici.rang for c, r, _ in self.zones)
            if self.ici.rang < 0 or not vide:
                self.ici.rang += 1
        self.ici.colonne = colonne

    def _derniere_fiche(self, tableau: Champ) -> int:
        return max((rang for champ, rang, _ in self.zones if champ == tableau.id), default=-1)

    # --- Les cases -----------------------------------------------------------------------------

    def _question_puis_cases(self, bloc: Bloc) -> bool:
        """Des cases, précédées ou non de leur question sur la même ligne ; vrai si le bloc n'était que cela."""
        cases = cases_de(bloc.texte)
        if not cases or self._hors_trame:
            return False
        marque = marquer(bloc.texte)
        tete = marque[: min(marque.index(s) for s in "☐☒" if s in marque)].rstrip(" \t(")
        if cle(tete) and not any(cle(c.libelle) == cle(tete) for c in cases):
            question = self.reperes.question(replace(bloc, texte=tete, html=escape(tete)), self.ici.rubriques)
            if question is not None:
                self._ouvrir(replace(question, reste=""), bloc)
        places = [option_du_voisinage(self.trame, self.ici, case) for case in cases]
        if not any(places):
            if not any(c.cochee for c in cases):
                return self.ici.rubrique is None or len(cases) > 1 or not self._accepte_du_texte()
            if len(bloc.texte) > LONGUEUR_BREVE:
                return False
        for case, place in zip(cases, places, strict=True):
            self._noter(case, place)
        return True

    def _accepte_du_texte(self) -> bool:
        return self.ici.champ is not None and self.ici.champ.type in {"texte", "texte_riche"}

    def _noter(self, case: Case, place: "tuple[Champ, Place, str, object, str] | None") -> None:
        if place is None:
            if case.cochee:
                self._laisser(Bloc(case.libelle, escape(case.libelle)), "case cochée qui n’est pas dans la trame")
            return
        champ, ou, rubrique, option, reste = place
        zone = self._zone(ou, champ, rubrique)
        zone.vues += 1
        option_id = option.id  # type: ignore[attr-defined]
        if self.ici.champ is not champ and ou[1] < 0:
            self.ici.champ = champ
            self.ici.fermer_la_fiche()
        if case.cochee and option_id not in zone.cochees:
            zone.cochees.append(option_id)
        precision = champ_de_precision(self.trame, champ, option_id) if case.cochee and cle(reste) else None
        if precision is not None and (precision[1].id, -1, "") not in self.zones:
            detail = self._zone((precision[1].id, -1, ""), precision[1], precision[0])
            detail.blocs.append(Bloc(reste, escape(reste, quote=False)))
            detail.raisons.append("écrit à côté de la case")

    # --- Le contenu ----------------------------------------------------------------------------

    def contenu(self, bloc: Bloc, *, en_ligne: bool = False) -> None:
        """Ce bloc répond à la question ouverte ; sinon il sera montré, à ranger."""
        ici = self.ici
        if ici.tableau is not None and ici.rang >= 0 and ici.rubrique is not None:
            self._dans_la_fiche(bloc, ici.tableau, ici.rubrique.id)
            return
        champ = ici.champ
        if champ is None or ici.rubrique is None or champ.type in {"membres", "tableau"}:
            self._laisser(bloc, "texte sans question" if ici.rubrique else "avant la première rubrique")
            return
        rubrique = self.trame.rubrique_de(champ.id).id
        place: Place = (champ.id, -1, "")
        if champ.type in {"cases", "choix"} and not en_ligne and not self._option_attendue(champ, place, bloc):
            self._au_principal(bloc)
            return
        zone = self._zone(place, champ, rubrique)
        if zone.blocs and self._intertitre(bloc, rubrique):
            zone.douter(_INTERTITRE)
        zone.blocs.append(bloc)
        principal = self.reperes.principal(self.trame.rubrique(rubrique))
        court = champ.type in _BREFS or (champ.type == "communes" and not bloc.pile)
        court = court or (champ.type == "texte" and en_ligne and principal is not None)
        if court and (champ.type != "choix" or en_ligne):
            ici.champ = principal if principal is not champ else None

    def _intertitre(self, bloc: Bloc, rubrique: str) -> bool:
        """Un intitulé que la trame n'a pas, dans une rubrique à plusieurs questions : peut-être l'une d'elles."""
        longs = [c for c in self.trame.rubrique(rubrique).champs if c.type in {"texte", "texte_riche"}]
        return len(longs) > 1 and (bloc.gras or bloc.sorte == "titre") and _indices(bloc) >= 2

    def _option_attendue(self, champ: Champ, place: Place, bloc: Bloc) -> bool:
        """Cette ligne peut-elle dire une des réponses proposées ?"""
        if option_de(champ, bloc.texte)[0] is not None:
            return True
        zone = self.zones.get(place)
        return (zone is None or not (zone.vues or zone.blocs)) and len(bloc.texte) <= LONGUEUR_BREVE

    def _au_principal(self, bloc: Bloc) -> None:
        assert self.ici.rubrique is not None  # noqa: S101 — une question est ouverte
        principal = self.reperes.principal(self.ici.rubrique)
        if principal is None or principal is self.ici.champ:
            self._laisser(bloc, "texte après des cases")
            return
        self.ici.champ, self.ici.reconnu = principal, self.ici.rubrique_reconnue
        self.contenu(bloc)

    def _dans_la_fiche(self, bloc: Bloc, tableau: Champ, rubrique: str) -> None:
        colonne = self.ici.colonne
        if colonne is None:
            premiere = tableau.colonnes[0]
            libre = (tableau.id, self.ici.rang, premiere.id) not in self.zones
            if not libre or premiere.type != "texte" or len(bloc.texte) > (premiere.longueur_max or LONGUEUR_BREVE):
                self._laisser(bloc, "texte d’une fiche, sans question")
                return
            colonne = premiere
        self._zone((tableau.id, self.ici.rang, colonne.id), colonne, rubrique).blocs.append(bloc)

    def ecrire_dans_la_fiche(self, bloc: Bloc) -> None:
        """Écrit dans la colonne ouverte, cases comprises."""
        assert self.ici.tableau is not None  # noqa: S101 — une fiche est ouverte
        assert self.ici.rubrique is not None  # noqa: S101
        if not self._question_puis_cases(bloc):
            self._dans_la_fiche(bloc, self.ici.tableau, self.ici.rubrique.id)

    def nomme_un_repere(self, bloc: Bloc) -> bool:
        """Vrai si ce bloc est un intitulé de la trame, ici ou ailleurs."""
        seul = replace(bloc, gras=True)
        ici = self._fiche_ou_colonne(seul) or self.reperes.question(seul, self.ici.rubriques)
        return ici is not None or self.reperes.titre(seul) is not None

    def _zone(self, place: Place, champ: Champ, rubrique: str) -> Zone:
        zone = self.zones.get(place)
        if zone is None:
            zone = self.zones[place] = Zone(champ, rubrique)
        if self.ici.reconnu is not None:
            zone.douter(self.ici.reconnu)
        return zone

    def _laisser(self, bloc: Bloc, raison: str) -> None:
        rubrique = self.ici.rubrique.id if self.ici.rubrique else ""
        morceau = morceau_de([bloc], raison, rubrique=rubrique, champ=self._suggere())
        dernier = self.morceaux[-1] if self.morceaux else None
        if dernier is not None and (dernier.raison, dernier.rubrique) == (raison, rubrique):
            self.morceaux[-1] = replace(
                dernier, texte=f"{dernier.texte}\n{morceau.texte}", html=dernier.html + morceau.html
            )
        else:
            self.morceaux.append(morceau)

    def _suggere(self) -> str:
        """Le champ où ce qui reste irait peut-être."""
        if self.ici.rubrique is None:
            return ""
        longs = [c for c in self.ici.rubrique.champs if c.type == "texte_riche"]
        return longs[0].id if longs else ""


def _indices(bloc: Bloc) -> int:
    return indices_de_titre(bloc, " ".join(bloc.texte.split()))

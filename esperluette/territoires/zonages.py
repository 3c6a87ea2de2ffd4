"""Ce que les jeux officiels disent d'une commune, d'un territoire : oui, non, à préciser, ou rien.

Quatre cas à ne pas confondre, zone par zone :

- dans `zonages` : certain, oui ou non ;
- dans `partiels` : le jeu est chargé mais ne tranche pas (commune classée en partie, quartier prioritaire, communes
  réunies ou arrondissements classés différemment, commune que le fichier ne nomme pas) ; la valeur est la question ;
- dans `non_charges` : aucun jeu n'est chargé pour cette commune ; une question ordinaire se pose ;
- nulle part : le jeu chargé ne parle pas de cette zone (« vigilance » hors ZIP et ZAC, par exemple).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from esperluette.territoires.cartes import LARGEUR, Carte, Classe, dessiner
from esperluette.territoires.jeux import ClasseDeJeu, Jeu, jeux
from esperluette.territoires.models import AncienneCommune, Commune, JeuImporte, Zonage

DENSITE = "densite"
PRECISIONS_MONTREES = 4


@dataclass(frozen=True, slots=True)
class SourceDeZonage:
    """D'où vient une valeur : à citer à côté d'elle."""

    jeu: str
    titre: str
    producteur: str
    millesime: str
    licence: str
    demonstration: bool

    def __str__(self) -> str:
        suite = ", tableau de démonstration" if self.demonstration else ""
        return f"{self.titre}, {self.producteur}, {self.millesime}{suite}"


@dataclass(slots=True)
class ClassementCommune:
    """Ce qu'on sait d'une commune. `classes` : par jeu, le libellé à montrer ; `densite` : celui de la grille."""

    code: str
    nom: str
    zonages: dict[str, bool] = field(default_factory=dict)
    partiels: dict[str, str] = field(default_factory=dict)
    sources: dict[str, SourceDeZonage] = field(default_factory=dict)
    classes: dict[str, str] = field(default_factory=dict)
    densite: str = ""
    source_densite: SourceDeZonage | None = None
    non_charges: tuple[str, ...] = ()


@dataclass(slots=True)
class Classement:
    """Ce qu'on sait d'un territoire, prêt pour les faits d'une équipe ; le détail est par commune."""

    zonages: dict[str, bool] = field(default_factory=dict)
    partiels: dict[str, str] = field(default_factory=dict)
    sources: dict[str, SourceDeZonage] = field(default_factory=dict)
    non_charges: tuple[str, ...] = ()
    densite: str = ""
    communes: dict[str, ClassementCommune] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Fiche:
    """Une commune, ce qu'il faut pour la classer."""

    code: str
    nom: str
    departement: str
    mere: str | None


# Une commune lue : son code, son nom, son département, sa commune mère et le nom de celle-ci.
CommuneLue = tuple[str, str, str, str | None, str | None]

# Ce qu'un jeu dit d'une commune : une classe, ses précisions, les anciennes communes dont cela vient.
_Dit = tuple[str, list[str], list[str]]


@dataclass(frozen=True)
class _Base:
    """Tout ce que la base dit, lu d'un coup."""

    fiches: Mapping[str, _Fiche]
    arrondissements: Mapping[str, list[_Fiche]]
    importations: Mapping[str, JeuImporte]
    sources: Mapping[str, SourceDeZonage]
    dits: Mapping[tuple[str, str], list[_Dit]]


def zonages_de(codes: Sequence[str]) -> dict[str, ClassementCommune]:
    """Ce qu'on sait de chacune de ces communes ; clé : le code demandé. Un code inconnu est omis.

    Quatre requêtes, quel que soit le nombre de communes et de jeux ; un ancien code mène à la commune d'aujourd'hui.
    """
    propres = {code: code.strip().upper() for code in codes}
    actuelles = dict(AncienneCommune.objects.filter(pk__in=set(propres.values())).values_list("pk", "commune_id"))
    base = _lire({*propres.values(), *actuelles.values()})
    trouvees = {}
    for code, propre in propres.items():
        fiche = base.fiches.get(propre) or base.fiches.get(actuelles.get(propre, ""))
        if fiche is not None:
            trouvees[code] = _classer(fiche, base)
    return trouvees


def zonages_des_communes(lues: Iterable[CommuneLue]) -> dict[str, ClassementCommune]:
    """La même chose pour des communes actives déjà lues, arrondissements compris : deux requêtes."""
    base = _base(list(lues))
    return {code: _classer(fiche, base) for code, fiche in base.fiches.items()}


def classement(
    implantation: Commune | str | None,
    communes: Iterable[Commune | str],
    *,
    dites: Mapping[str, ClassementCommune] | None = None,
) -> Classement:
    """Ce qu'on sait du territoire d'une équipe : sa commune d'implantation fait foi, les autres nuancent.

    Une zone où l'équipe n'est pas implantée, mais qui touche son territoire, est à préciser. Sans implantation, il
    faut que toutes les communes s'accordent. Mêmes quatre requêtes que `zonages_de` ; aucune si `dites` porte déjà ce
    qu'elle rend, pour ces communes au moins.
    """
    siege = _code(implantation) if implantation else ""
    codes = list(dict.fromkeys([*([siege] if siege else []), *(_code(c) for c in communes)]))
    dites = zonages_de(codes) if dites is None else {code: dites[code] for code in codes if code in dites}
    if not dites:
        return Classement()
    resultat = Classement(communes=dites)
    toutes = list(dites.values())
    principale = dites.get(siege)
    for zone in dict.fromkeys(z for decrit in jeux().values() for z in decrit.zones):
        source = next(
            (c.sources[zone] for c in [*([principale] if principale else []), *toutes] if zone in c.sources), None
        )
        if source is not None:
            resultat.sources[zone] = source
        _combiner(resultat, zone, principale, toutes)
    connues = {*resultat.zonages, *resultat.partiels}
    vues = principale.non_charges if principale else dict.fromkeys(z for c in toutes for z in c.non_charges)
    resultat.non_charges = tuple(z for z in vues if z not in connues)
    densites = {c.densite for c in ([principale] if principale else toutes)}
    resultat.densite = densites.pop() if len(densites) == 1 else ""
    return resultat


def _code(commune: Commune | str) -> str:
    return commune.pk if isinstance(commune, Commune) else commune


def _combiner(
    resultat: Classement, zone: str, principale: ClassementCommune | None, toutes: list[ClassementCommune]
) -> None:
    oui = [c for c in toutes if c.zonages.get(zone) is True]
    if principale is not None:
        if zone in principale.partiels:
            resultat.partiels[zone] = principale.partiels[zone]
        elif principale.zonages.get(zone) is True:
            resultat.zonages[zone] = True
        elif zone in principale.zonages:
            autres = [c for c in toutes if zone in c.partiels and c is not principale]
            if oui:
                noms = _enumerer([c.nom for c in oui])
                verbe = "sont" if len(oui) > 1 else "est"
                resultat.partiels[zone] = (
                    f"{noms}, dans le territoire, {verbe} dans cette zone, mais pas {principale.nom}, où l'équipe est "
                    "implantée : laquelle compte ?"
                )
            elif autres:
                resultat.partiels[zone] = autres[0].partiels[zone]
            else:
                resultat.zonages[zone] = False
        return
    if any(zone not in c.zonages and zone not in c.partiels for c in toutes):
        return
    partielles = [c for c in toutes if zone in c.partiels]
    if partielles:
        resultat.partiels[zone] = partielles[0].partiels[zone]
    elif not oui or len(oui) == len(toutes):
        resultat.zonages[zone] = bool(oui)
    else:
        noms = _enumerer([c.nom for c in oui])
        resultat.partiels[zone] = f"Seule une partie du territoire est dans cette zone ({noms}) : où est l'équipe ?"


# --- Lire, puis dire ce que vaut chaque jeu -----------------------------------------------------------------------


def _lire(codes: set[str]) -> _Base:
    demandees = Commune.objects.filter(Q(pk__in=codes) | Q(commune_mere__in=codes), active=True)
    return _base(list(demandees.values_list("pk", "nom", "departement_id", "commune_mere_id", "commune_mere__nom")))


def _base(demandees: list[CommuneLue]) -> _Base:
    fiches = {code: _Fiche(code, nom, dep, mere) for code, nom, dep, mere, _ in demandees}
    arrondissements: dict[str, list[_Fiche]] = defaultdict(list)
    for code, _, departement, mere, nom_de_la_mere in demandees:
        if mere and nom_de_la_mere:
            arrondissements[mere].append(fiches[code])
            fiches.setdefault(mere, _Fiche(mere, nom_de_la_mere, departement, None))
    importations = {i.jeu: i for i in JeuImporte.objects.filter(courant=True)}
    dits: dict[tuple[str, str], list[_Dit]] = defaultdict(list)
    jeu_de = {i.pk: i.jeu for i in importations.values()}
    lignes = Zonage.objects.filter(importation__in=list(jeu_de), commune__in=list(fiches)).order_by("classe")
    for importation, commune, *dit in lignes.values_list(
        "importation_id", "commune_id", "classe", "precisions", "anciennes"
    ):
        dits[jeu_de[importation], commune].append((dit[0], dit[1], dit[2]))
    sources = {i.jeu: _source(i) for i in importations.values() if i.jeu in jeux()}
    return _Base(fiches, arrondissements, importations, sources, dits)


def _source(importation: JeuImporte) -> SourceDeZonage:
    return SourceDeZonage(
        importation.jeu,
        jeux()[importation.jeu].titre,
        importation.producteur,
        importation.millesime,
        importation.licence,
        importation.demonstration,
    )


def _classer(fiche: _Fiche, base: _Base) -> ClassementCommune:
    resultat = ClassementCommune(fiche.code, fiche.nom)
    non_charges: list[str] = []
    for decrit in jeux().values():
        importation = base.importations.get(decrit.id)
        parties = _parties(fiche, decrit, importation, base) if importation else []
        if importation is None or (not parties and importation.demonstration):
            non_charges += decrit.zones
            continue
        _dire(resultat, fiche, decrit, parties, base.sources[decrit.id])
    resultat.non_charges = tuple(non_charges)
    return resultat


# Une partie d'une commune : son nom, sa classe, ses précisions.
_Partie = tuple[str, str, list[str]]


def _parties(fiche: _Fiche, decrit: Jeu, importation: JeuImporte, base: _Base) -> list[_Partie]:
    """Ce que le jeu dit de cette commune ; à défaut, de sa commune mère, de ses arrondissements, ou par absence."""
    if propres := base.dits.get((decrit.id, fiche.code)):
        if len(propres) == 1:
            return [(fiche.nom, *propres[0][:2])]
        return [(", ".join(anciennes) or fiche.nom, classe, precisions) for classe, precisions, anciennes in propres]
    if fiche.mere and (dits := base.dits.get((decrit.id, fiche.mere))):
        return [(base.fiches[fiche.mere].nom, classe, precisions) for classe, precisions, _ in dits]
    absente = decrit.absence if not importation.demonstration and decrit.concerne(fiche.departement) else ""
    morceaux = base.arrondissements.get(fiche.code, [])
    if any((decrit.id, a.code) in base.dits for a in morceaux):
        parties: list[_Partie] = []
        for arrondissement in morceaux:
            dits = base.dits.get((decrit.id, arrondissement.code), [])
            parties += [(arrondissement.nom, classe, precisions) for classe, precisions, _ in dits]
            if not dits:
                parties.append((arrondissement.nom, absente, []))
        return parties
    return [(fiche.nom, absente, [])] if absente else []


def _dire(
    resultat: ClassementCommune, fiche: _Fiche, decrit: Jeu, parties: list[_Partie], source: SourceDeZonage
) -> None:
    classes = list(dict.fromkeys(decrit.classes[classe].libelle for _, classe, _ in parties if classe))
    resultat.classes[decrit.id] = " ; ".join(classes)
    if decrit.libelle_seul:
        if decrit.id == DENSITE:
            resultat.densite, resultat.source_densite = (classes[0] if len(classes) == 1 else ""), source
        return
    if len(parties) == 1 and parties[0][1]:  # de loin le cas le plus fréquent
        nom, classe, precisions = parties[0]
        dite = decrit.classes[classe]
        resultat.zonages.update(dict.fromkeys(dite.oui, True) | dict.fromkeys(dite.non, False))
        resultat.partiels.update({zone: _phrase(dite, zone, nom, precisions) for zone in dite.partiel})
        resultat.sources.update(dict.fromkeys((*dite.oui, *dite.non, *dite.partiel), source))
        return
    for zone in decrit.zones:
        reponses = {_reponse(decrit, classe, zone) for _, classe, _ in parties}
        if len(reponses) == 1 and isinstance(reponse := next(iter(reponses)), bool):
            resultat.zonages[zone] = reponse
        elif not parties or "" in {classe for _, classe, _ in parties}:
            resultat.partiels[zone] = f"« {decrit.titre} » ({source.millesime}) ne dit rien de {fiche.nom}."
        elif reponses & {True, "partiel"}:
            resultat.partiels[zone] = _question(fiche, decrit, zone, parties)
        else:
            continue
        resultat.sources[zone] = source


def _reponse(decrit: Jeu, classe: str, zone: str) -> bool | str | None:
    """Vrai, faux, « partiel », ou None si la classe ne dit rien de cette zone."""
    if not classe:
        return None
    dite = decrit.classes[classe]
    if zone in dite.oui:
        return True
    if zone in dite.non:
        return False
    return "partiel" if zone in dite.partiel else None


def _question(fiche: _Fiche, decrit: Jeu, zone: str, parties: list[_Partie]) -> str:
    en_cause = [(n, c, p) for n, c, p in parties if zone in decrit.classes[c].partiel]
    if en_cause:
        precisions = list(dict.fromkeys(x for _, _, p in en_cause for x in p))
        nom = en_cause[0][0] if len(parties) == 1 else fiche.nom
        return _phrase(decrit.classes[en_cause[0][1]], zone, nom, precisions)
    dedans = [nom for nom, classe, _ in parties if _reponse(decrit, classe, zone) is True]
    return f"Seule une partie de {fiche.nom} est dans cette zone ({_enumerer(dedans)}) : où est l'équipe ?"


def _phrase(classe: ClasseDeJeu, zone: str, nom: str, precisions: list[str]) -> str:
    modele = classe.partiel[zone]
    if len(precisions) > 1:
        modele = classe.partiel_plusieurs.get(zone, modele)
    return modele.format(commune=nom, precisions=_enumerer(precisions), nombre=len(precisions))


def _enumerer(noms: list[str]) -> str:
    """« A », « A et B », « A, B et C », « A, B, C, D et 9 autres »."""
    if len(noms) > PRECISIONS_MONTREES + 1:
        reste = len(noms) - PRECISIONS_MONTREES
        return f"{', '.join(noms[:PRECISIONS_MONTREES])} et {reste} autres"
    return noms[0] if len(noms) == 1 else f"{', '.join(noms[:-1])} et {noms[-1]}" if noms else ""


# --- Montrer ------------------------------------------------------------------------------------------------------


def carte_du_zonage(
    jeu: str,
    codes: Iterable[str],
    *,
    titre: str,
    identifiant: str = "carte",
    liens: Mapping[str, str] | None = None,
    legende_dessinee: bool = False,
    largeur: int = LARGEUR,
    dites: Mapping[str, ClassementCommune] | None = None,
) -> Carte:
    """La carte de ces communes, colorées par ce que ce jeu en dit. Quatre requêtes, ou aucune si `dites` les porte."""
    dites = zonages_de(list(codes)) if dites is None else dites
    decrit = jeux()[jeu]
    libelles = {c.classes.get(jeu, "") for c in dites.values()} - {""}
    ordre = [c.libelle for c in decrit.classes.values() if c.libelle in libelles]
    mixtes = sorted(libelles - set(ordre))
    return dessiner(
        titre=titre,
        description=f"{decrit.titre} : {', '.join([*ordre, *mixtes]) or 'aucune donnée'}.",
        communes=dites,
        classes=[Classe(libelle, libelle) for libelle in [*ordre, *mixtes]],
        classement={code: c.classes.get(jeu, "") for code, c in dites.items()},
        noms={code: c.nom for code, c in dites.items()},
        liens=liens,
        legende_dessinee=legende_dessinee,
        identifiant=identifiant,
        largeur=largeur,
    )

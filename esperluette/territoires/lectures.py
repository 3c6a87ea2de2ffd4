"""Trouver une commune : par son code, par ce qu'on en a tapé."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When

from esperluette.territoires import texte as t
from esperluette.territoires.enums import RangDeCle
from esperluette.territoires.models import AncienneCommune, CleDeRecherche, Commune, Decoupage

LONGUEUR_MAXIMALE = 100
_NUMERO = re.compile(r"\(?\b(\d{5}|2[ab]\d{3}|97\d|98\d|\d{2}|2[ab])\b\)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Resolution:
    """Ce qu'une saisie désigne : une commune, ou les communes entre lesquelles choisir.

    `approchee` : aucune commune ne s'écrit ainsi ; les candidates y ressemblent. Tout est vide si rien n'y ressemble.
    """

    commune: Commune | None = None
    candidates: tuple[Commune, ...] = ()
    approchee: bool = False


def communes_completes() -> QuerySet[Commune]:
    """Les communes avec leur région, leur département et leur intercommunalité, en une requête."""
    return Commune.objects.select_related("region", "departement", "epci")


def _propre(code: str) -> str:
    """Un code tel qu'on le cherche en base ; PostgreSQL refuse les octets nuls qu'une adresse peut porter."""
    return code.replace("\x00", "").strip().upper()


def commune(code: str) -> Commune | None:
    """La commune de ce code INSEE, ou celle qui lui a succédé ; None si le code n'a jamais existé."""
    propre = _propre(code)
    trouvee = communes_completes().filter(pk=propre).first()
    if trouvee is not None and trouvee.active:
        return trouvee
    ancienne = AncienneCommune.objects.filter(code=propre).select_related(
        "commune__region", "commune__departement", "commune__epci"
    )
    return next((a.commune for a in ancienne), trouvee)


def communes(codes: Iterable[str]) -> list[Commune]:
    """Les communes de ces codes INSEE, dans l'ordre donné, sans doublon ; les codes inconnus sont omis.

    Deux requêtes au plus, quel que soit le nombre de codes.
    """
    propres = [_propre(code) for code in codes]
    connues = {c.pk: c for c in communes_completes().filter(pk__in=propres)}
    perimees = [code for code in propres if code not in connues or not connues[code].active]
    if perimees:
        for ancienne in AncienneCommune.objects.filter(code__in=perimees).select_related(
            "commune__region", "commune__departement", "commune__epci"
        ):
            connues[ancienne.code] = ancienne.commune
    trouvees = {connues[code].pk: connues[code] for code in propres if code in connues}
    return list(trouvees.values())


def codes_inconnus(codes: Iterable[str]) -> list[str]:
    """Ceux de ces codes qui ne sont, ni n'ont jamais été, ceux d'une commune. Deux requêtes."""
    propres = {code: _propre(code) for code in codes}
    connus = set(Commune.objects.filter(pk__in=propres.values()).values_list("pk", flat=True))
    connus |= set(AncienneCommune.objects.filter(pk__in=propres.values()).values_list("pk", flat=True))
    return [code for code, propre in propres.items() if propre not in connus]


def decoupage_charge() -> Decoupage | None:
    """Le découpage en base (millésime, provenance), ou None s'il n'est pas chargé."""
    return Decoupage.objects.order_by("-charge_le").first()


def rechercher_communes(texte: str, limite: int = 10) -> list[Commune]:
    """Les communes que cette saisie peut désigner, la plus probable d'abord.

    On tape un nom (ou son début, ou un mot du nom, ou celui d'une ancienne commune), un code postal, un code INSEE,
    un nom et un numéro (« Saint-Denis 93 »). Nom exact, puis début du nom ou mot entier, puis le reste ; la plus
    peuplée d'abord. Si rien ne commence ainsi, les communes dont le nom y ressemble, marquées `approchee`.
    Trois requêtes au plus, quelle que soit la saisie.
    """
    saisie = texte.strip()[:LONGUEUR_MAXIMALE]
    trouvees = _par_cles(saisie, limite)
    if trouvees:
        return trouvees
    return _par_ressemblance(saisie, limite)


def resoudre(texte: str, code: str = "", limite: int = 15) -> Resolution:
    """Ce que désigne une saisie libre, avec le code choisi s'il y en a un.

    Le code ne vaut que s'il s'accorde avec le texte : un texte retapé l'emporte sur un choix précédent.
    """
    if code and (choisie := commune(code)):
        if not texte.strip() or texte.strip() in (str(choisie), choisie.nom, choisie.pk):
            return Resolution(commune=choisie)
        if choisie in rechercher_communes(texte, limite=max(limite, 60)):
            return Resolution(commune=choisie)
    if t.ressemble_a_un_code(texte):
        limite = max(limite, 60)  # un code postal rural couvre jusqu'à une cinquantaine de communes
    trouvees = rechercher_communes(texte, limite=limite)
    if not trouvees:
        return Resolution()
    if trouvees[0].approchee:
        return Resolution(candidates=tuple(trouvees), approchee=True)
    exactes = [c for c in trouvees if c.nom_exact]
    if len(exactes) == 1:
        return Resolution(commune=exactes[0])
    if len(trouvees) == 1:
        return Resolution(commune=trouvees[0])
    return Resolution(candidates=tuple(exactes or trouvees))


def _commence_par(cle: str) -> Q:
    fin = t.successeur(cle)
    return Q(cle__gte=cle, cle__lt=fin) if fin else Q(cle__gte=cle)


def _filtre_du_numero(numero: str) -> Q:
    if len(numero) == 5:
        postales = CleDeRecherche.objects.filter(cle=numero.lower(), rang=RangDeCle.NOM).values("commune_id")
        return Q(commune_id=numero.upper()) | Q(commune_id__in=postales)
    return Q(commune__departement_id=numero.upper())


def _par_cles(saisie: str, limite: int) -> list[Commune]:
    cles = t.cles_de_saisie(saisie)
    if not cles:
        return []
    condition = Q()
    for cle in cles:
        condition |= _commence_par(cle)
    exactes = list(cles)
    reste = _NUMERO.sub(" ", saisie).strip(" (),")
    numeros = _NUMERO.findall(saisie)
    if len(numeros) == 1 and t.mots(reste):
        cles_du_nom = t.cles_de_saisie(reste)
        exactes += cles_du_nom
        nom = Q()
        for cle in cles_du_nom:
            nom |= _commence_par(cle)
        condition |= nom & _filtre_du_numero(numeros[0])
    lignes = (
        CleDeRecherche.objects.filter(condition)
        .annotate(
            ordre=Case(
                When(cle__in=exactes, rang=RangDeCle.NOM, then=Value(0)),
                When(Q(rang=RangDeCle.NOM) | Q(cle__in=exactes, rang=RangDeCle.MOT), then=Value(1)),
                default=F("rang") + 1,
                output_field=IntegerField(),
            )
        )
        .order_by("ordre", "-poids", "commune_id")
        .values_list("commune_id", "cle", "rang", "ancienne_id")
    )
    # Une commune peut venir par plusieurs clés : on lit un peu plus que la limite, et on garde la première.
    retenues: dict[str, tuple[bool, str | None]] = {}
    est_code = t.ressemble_a_un_code(saisie)
    for code, cle, rang, ancienne in lignes[: limite * 4]:
        if est_code and rang == RangDeCle.ANCIENNE and retenues:
            continue  # 75015 est un code postal de Paris, et fut le code INSEE de Bry-sur-Marne
        retenues.setdefault(code, (cle in exactes and rang == RangDeCle.NOM, ancienne))
    if est_code:
        retenues.setdefault(saisie.upper(), (True, None))
    return _lire(dict(list(retenues.items())[:limite]), saisie)


def _lire(retenues: dict[str, tuple[bool, str | None]], saisie: str) -> list[Commune]:
    connues = {c.pk: c for c in communes_completes().filter(pk__in=retenues, active=True)}
    anciennes = [ancienne for _, ancienne in retenues.values() if ancienne is not None]
    noms = dict(AncienneCommune.objects.filter(pk__in=anciennes).values_list("pk", "nom")) if anciennes else {}
    trouvees = []
    for code, (exacte, ancienne) in retenues.items():
        if (trouvee := connues.get(code)) is not None:
            trouvee.nom_exact = exacte
            trouvee.ancien_nom = noms.get(ancienne, "") if ancienne is not None else ""
            trouvees.append(trouvee)
    return trouvees


def _par_ressemblance(saisie: str, limite: int) -> list[Commune]:
    cherches = [m for m in t.mots_pleins(saisie) if not m.isdigit()]
    if not cherches:
        return []
    # Le mot le plus long distingue le mieux ; on suppose justes ses deux premières lettres.
    pivot = max(cherches, key=lambda m: (m not in ("saint", "sainte"), len(m)))
    if len(pivot) < 3:
        return []
    possibles = (
        CleDeRecherche.objects.filter(_commence_par(pivot[:2]), rang__lte=RangDeCle.MOT)
        .values_list("commune_id", "commune__recherche", "poids")
        .distinct()
    )
    notes: list[tuple[int, int, str]] = []
    for code, forme, poids in possibles:
        fautes = _fautes(cherches, pivot, forme.split())
        if fautes is not None:
            notes.append((fautes, -poids, code))
    codes = [code for _, _, code in sorted(notes)[:limite]]
    connues = {c.pk: c for c in communes_completes().filter(pk__in=codes)}
    trouvees = [connues[code] for code in codes]
    for trouvee in trouvees:
        trouvee.approchee = True
    return trouvees


def _fautes(cherches: list[str], pivot: str, mots: list[str]) -> int | None:
    """Le total des fautes entre les mots tapés et ceux du nom ; None si un mot ne ressemble à aucun."""
    borne = 1 if len(pivot) < 8 else 2
    proches = [m for m in mots if m[:2] == pivot[:2]]
    total = min((t.distance_bornee(pivot, m, borne) for m in proches), default=borne + 1)
    if total > borne:
        return None
    for mot in cherches:
        if mot == pivot:
            continue
        borne = 0 if len(mot) < 4 else 1
        fautes = min((t.distance_bornee(mot, autre, borne) for autre in mots), default=borne + 1)
        if fautes > borne:
            return None
        total += fautes
    return total

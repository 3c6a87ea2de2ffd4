"""Une figure est un dessin, et rien d'autre."""

import pytest

from esperluette.documents.erreurs import GabaritInvalide
from esperluette.documents.figures import avec_police, contenu, source_image
from tests.fabriques.documents import CARTE


def svg(dedans: str, attributs: str = "") -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"{attributs}>{dedans}</svg>'


def test_un_dessin_fait_l_aller_retour():
    assert contenu(source_image(CARTE)) == CARTE.encode()


@pytest.mark.parametrize(
    "piege",
    [
        svg("<script>alert(1)</script>"),
        svg('<rect onclick="alert(1)"/>'),
        svg('<image href="/etc/passwd"/>'),
        svg('<image xmlns:x="http://www.w3.org/1999/xlink" x:href="http://127.0.0.1/"/>'),
        svg('<a href="https://ailleurs.example"><rect/></a>'),
        svg('<use href="#moi"/>'),
        svg("<foreignObject><p>x</p></foreignObject>"),
        svg("<style>@import 'x.css'</style>"),
        svg('<rect style="fill:url(http://x.example)"/>'),
        svg('<rect fill="url(http://x.example/a.svg#b)"/>'),
        svg('<rect fill="URL( http://x.example )"/>'),
        '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:/etc/passwd">]>' + svg("<text>&a;</text>"),
        svg("<text>x</text><!-- -->"),
        svg("<text>x"),
        "<html></html>",
        "",
    ],
)
def test_tout_ce_qui_n_est_pas_du_dessin_est_refuse(piege):
    with pytest.raises(GabaritInvalide):
        source_image(piege)


def test_un_degrade_local_et_un_texte_qui_parle_de_programmes_sont_admis():
    dessin = svg('<defs><linearGradient id="g"/></defs><rect fill="url(#g)"/><text>onclick = script</text>')
    assert contenu(source_image(dessin)) == dessin.encode()


@pytest.mark.parametrize(
    "adresse",
    ["/etc/passwd", "https://x.example/a.svg", "data:text/html;base64,AA==", "data:image/png;base64,AA==", ""],
)
def test_seules_les_figures_du_gabarit_entrent_dans_un_document(adresse):
    with pytest.raises(GabaritInvalide):
        contenu(adresse)


def test_la_police_du_document_remplace_celles_du_dessin():
    change = avec_police(svg('<text font-family="Comic, serif">é</text>').encode(), "Lato").decode()
    assert 'font-family="Lato"' in change
    assert "Comic" not in change
    assert ">é<" in change

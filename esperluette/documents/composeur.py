"""Programme autonome, lancé à part : lit une demande JSON sur l'entrée, écrit un PDF ou des PNG.

Il ne connaît ni Django ni Esperluette, ne voit que le dossier qu'on lui donne, et vit le temps d'un document :
une composition qui s'emballe n'emporte ni la mémoire ni le service.
"""

import base64
import contextlib
import json
import resource
import sys
from pathlib import Path

import typst


def principal() -> int:
    """0 et le résultat en JSON sur la sortie, ou 1 et le message du compositeur sur la sortie d'erreur."""
    demande = json.load(sys.stdin)
    with contextlib.suppress(ValueError, OSError):  # plafond déjà plus bas
        resource.setrlimit(resource.RLIMIT_AS, (demande["memoire"], demande["memoire"]))
        resource.setrlimit(resource.RLIMIT_CPU, (demande["delai"], demande["delai"]))
    dossier = Path(demande["dossier"])
    polices = typst.Fonts(include_system_fonts=False, font_paths=[demande["polices"]])
    compositeur = typst.Compiler(root=str(dossier), font_paths=polices, ignore_system_fonts=True)
    try:
        if demande["sorte"] == "pdf":
            sorties = [
                compositeur.compile(
                    str(dossier / "document.typ"),
                    format="pdf",
                    pdf_standards=demande["normes"],
                    timestamp=demande["instant"],
                )
            ]
        else:
            pages = [_page(nom).encode() for nom in demande["figures"]]
            sorties = [compositeur.compile(page, format="png", ppi=demande["ppp"]) for page in pages]
    except typst.TypstError as erreur:
        sys.stderr.write(f"{erreur.message}\n{erreur.diagnostic}\n")
        return 1
    json.dump([base64.b64encode(s).decode("ascii") for s in sorties if isinstance(s, bytes)], sys.stdout)
    return 0


def _page(nom: str) -> str:
    return f"#set page(width: auto, height: auto, margin: 0pt)\n#image({json.dumps(nom)}, width: 16cm)"


if __name__ == "__main__":
    sys.exit(principal())

# Les commandes du dépôt. « make » seul les énumère.
# Il suffit de Python (3.11 ou plus, avec venv et pip), de make et de git.

PYTHON ?= python3
VENV ?= .venv
PROCESSUS ?= 2
PORT ?= 8000
ARGS ?=

ENV := $(abspath $(VENV))
BIN := $(ENV)/bin
MARQUEUR := $(ENV)/.esperluette-installe
# Aucun autre Python que celui qu'on nous donne.
export UV_PYTHON_DOWNLOADS := never
# Les certificats de la machine : derrière un mandataire d'entreprise, ceux d'uv ne suffisent pas.
export UV_SYSTEM_CERTS ?= 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONUNBUFFERED := 1

# Fichiers tenus au typage strict : calculés, la liste ne fait que grandir.
DOSSIERS_STRICTS := esperluette/commun esperluette/referentiel esperluette/documents esperluette/config
STRICTS := $(DOSSIERS_STRICTS) $(filter-out $(addsuffix /%,$(DOSSIERS_STRICTS)), \
	$(wildcard $(foreach f,droits cycle actions lectures enums,esperluette/*/$(f).py esperluette/*/$(f)/)))

VERIFICATIONS := verifier-format verifier-ruff verifier-types verifier-couches verifier-gabarits \
	verifier-migrations verifier-production verifier-editions

.PHONY: aide installer environnement demo servir test verifier $(VERIFICATIONS) corriger verrouiller bench propre

aide: ## Énumère les commandes
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

$(MARQUEUR): pyproject.toml requirements/installation.txt requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Il faut Python 3.11 ou plus : make PYTHON=/chemin/vers/python3 …" >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(ENV)
	@echo "Installation des dépendances verrouillées dans $(VENV)…"
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --require-hashes -r requirements/installation.txt
	@$(BIN)/uv pip sync --quiet --require-hashes --python $(BIN)/python requirements/installation.txt requirements/dev.txt \
		|| { echo "uv n'y parvient pas ; pip essaie à son tour, plus lentement."; \
			$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt; }
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --no-index --editable .
	@touch $@

environnement: $(MARQUEUR)

installer: environnement ## Installe tout et prépare la base, sans serveur ni démonstration
	@$(BIN)/esperluette installer

demo servir: export ESPERLUETTE_ADRESSE ?= http://localhost:$(PORT)
demo: export ESPERLUETTE_DEMONSTRATION := 1
demo: environnement ## Installe, charge la démonstration et sert sur http://localhost:8000 (PORT=8001 ; Ctrl-C arrête tout)
	@$(BIN)/esperluette installer
	@$(BIN)/esperluette demo
	@exec $(BIN)/esperluette servir --avec-travailleur --port $(PORT) $(ARGS)

servir: environnement ## Sert le site et traite les tâches, sans démonstration (PORT=8001)
	@exec $(BIN)/esperluette servir --avec-travailleur --port $(PORT) $(ARGS)

test: environnement ## Passe les essais (ARGS="tests/equipes -k invitation")
	@$(BIN)/python -m pytest -n $(PROCESSUS) $(ARGS)

verifier: $(VERIFICATIONS) ## Format, ruff, types, couches, gabarits, migrations, éditions (make -k : tout, même après un échec)
	@echo "Tout est en ordre."

$(VERIFICATIONS): environnement

verifier-format:
	$(BIN)/ruff format --check --quiet .

verifier-ruff:
	$(BIN)/ruff check --quiet .

verifier-types:
	$(BIN)/mypy $(STRICTS)

verifier-couches:
	$(BIN)/lint-imports

verifier-gabarits:
	$(BIN)/djlint --quiet --lint esperluette

verifier-migrations:
	$(BIN)/python -m django makemigrations --check --dry-run --settings esperluette.config.settings_essais

# Les contrôles de production, avec des réglages complets et une clé tirée au sort ; rien n'est contacté.
verifier-production: export ESPERLUETTE_PRODUCTION := 1
verifier-production: export ESPERLUETTE_HOTES := esperluette.example
verifier-production: export ESPERLUETTE_ADRESSE := https://esperluette.example
verifier-production: export ESPERLUETTE_COURRIEL_HOTE := courriel.example
verifier-production: export ESPERLUETTE_COURRIEL_DE := Esperluette <bonjour@esperluette.test>
verifier-production: export ESPERLUETTE_EDITEUR := Éditeur d'essai
verifier-production: export ESPERLUETTE_EDITEUR_ADRESSE := 1 rue de l'Essai, 35000 Rennes
verifier-production: export ESPERLUETTE_DIRECTEUR_PUBLICATION := Camille Essai
verifier-production: export ESPERLUETTE_HEBERGEUR := Hébergeur d'essai
verifier-production: export ESPERLUETTE_HEBERGEUR_ADRESSE := 2 rue de l'Essai, 35000 Rennes
verifier-production: export ESPERLUETTE_CONTACT := contact@esperluette.test
verifier-production: export ESPERLUETTE_CONTACT_DONNEES := donnees@esperluette.test
verifier-production: export DATABASE_URL := postgresql://esperluette@base.example/esperluette
verifier-production:
	@sceau=$$(mktemp -d); trap 'rm -rf "$$sceau"' EXIT; $(BIN)/python outils/certificat_jetable.py "$$sceau"; \
	ESPERLUETTE_SCEAU_CLE=$$sceau/cle.pem ESPERLUETTE_SCEAU_CERTIFICAT=$$sceau/certificat.pem \
	ESPERLUETTE_CLE_SECRETE=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(60))') \
		$(BIN)/esperluette check --deploy --fail-level WARNING

verifier-editions:
	$(BIN)/esperluette referentiel verifier

corriger: environnement ## Met en forme et corrige ce que ruff sait corriger
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

COMPILER = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links

verrouiller: environnement ## Recompile requirements/*.txt avec empreintes (ARGS=--upgrade pour monter les versions)
	$(COMPILER) $(ARGS) pyproject.toml -o requirements/base.txt
	$(COMPILER) $(ARGS) pyproject.toml --extra s3 -c requirements/base.txt -o requirements/s3.txt
	$(COMPILER) $(ARGS) pyproject.toml --group dev -o requirements/dev.txt
	$(COMPILER) $(ARGS) --group banc -c requirements/dev.txt -o requirements/banc.txt
	$(COMPILER) $(ARGS) --group installation -o requirements/installation.txt

bench: environnement ## Mesure pages, requêtes et documents, face à d'autres outils (ARGS=--documents)
	@$(BIN)/python -m bench $(ARGS)

propre: ## Retire l'environnement et les caches ; garde les données de var/
	rm -rf $(ENV) dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
